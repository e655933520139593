#include "recsys/attention/trainer.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/kernels/kernels.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "engine/random.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

// Shards are small enough to spread over threads and large enough for efficient products.
constexpr std::size_t most_shards = 16;
constexpr std::size_t tokens_a_shard = 512;
constexpr std::uint32_t no_epoch = std::numeric_limits<std::uint32_t>::max();

}  // namespace

AttentionTrainer::AttentionTrainer(engine::ThreadPool& pool, const Dataset& data, const AttentionConfig& config,
                                   const TrainingConfig& training)
    : pool_(pool),
      data_(data),
      config_(config),
      training_(training),
      network_(config),
      weights_(initial_weights(config, data.catalogue_size(), training.seed)),
      network_optimiser_(network_.layout().size(), {.weight_decay = training.weight_decay}),
      item_optimiser_(weights_.items.size(), {.weight_decay = training.weight_decay}),
      ordered_epoch_(no_epoch),
      shards_(most_shards),
      workspaces_(pool.size()),
      gradients_(network_.layout()) {
  for (std::size_t user = 0; user < data.users(); ++user) {
    const std::size_t length = data.history(user).size();
    if (length < 2) continue;
    users_.push_back(static_cast<std::uint32_t>(user));
    positions_ += std::min(length - 1, config.max_length);
  }
  if (users_.empty()) {
    throw DataError(
        "there is nothing to learn from: no user has two interactions left for training; import longer histories or "
        "train with --holdout none");
  }
  for (Shard& shard : shards_) shard.gradients = engine::Parameters<float>(network_.layout());
  ditems_.resize({data.catalogue_size(), config.width});
}

std::size_t AttentionTrainer::steps_per_epoch() const {
  return (users_.size() + training_.batch - 1) / training_.batch;
}

void AttentionTrainer::start_epoch() {
  std::sort(users_.begin(), users_.end());
  engine::RandomStream stream(training_.seed, engine::Purpose::shuffle, epochs_);
  engine::shuffle(std::span(users_), stream);
  ordered_epoch_ = epochs_;
}

void AttentionTrainer::fill_shards(std::size_t step_of_epoch) {
  const std::size_t first = step_of_epoch * training_.batch;
  const std::size_t last = std::min(users_.size(), first + training_.batch);
  std::size_t total = 0;
  const auto inputs_of = [&](std::size_t at) {
    const std::span<const ItemIndex> items = data_.history(users_[at]).items;
    return std::min(items.size() - 1, config_.max_length);
  };
  for (std::size_t at = first; at < last; ++at) total += inputs_of(at);

  active_shards_ = std::clamp<std::size_t>(total / tokens_a_shard, 1, most_shards);
  tokens_.clear();
  targets_.clear();
  std::size_t at = first;
  for (std::size_t s = 0; s < active_shards_; ++s) {
    Shard& shard = shards_[s];
    shard.inputs.clear();
    shard.first_token = tokens_.size();
    const std::size_t share = total * (s + 1) / active_shards_;
    for (; at < last && tokens_.size() < share; ++at) {
      const std::span<const ItemIndex> items = data_.history(users_[at]).items;
      const std::size_t count = inputs_of(at);
      const std::span<const ItemIndex> inputs = items.subspan(items.size() - 1 - count, count);
      const std::span<const ItemIndex> targets = items.last(count);
      shard.inputs.add(inputs, count);
      tokens_.insert(tokens_.end(), inputs.begin(), inputs.end());
      targets_.insert(targets_.end(), targets.begin(), targets.end());
    }
  }
}

double AttentionTrainer::learning_rate() const {
  const auto step = static_cast<double>(network_optimiser_.state().steps + 1);
  return training_.rate * std::min(1.0, step / static_cast<double>(std::max<std::size_t>(1, training_.warmup_steps)));
}

void AttentionTrainer::reduce_gradients() {
  constexpr std::size_t parts = 16;
  pool_.run(parts, [&](std::size_t part, std::size_t) {
    const engine::Range range = engine::part_of(network_.layout().size(), parts, part);
    float* sum = gradients_.flat().data() + range.begin;
    std::fill_n(sum, range.end - range.begin, 0.0F);
    for (std::size_t s = 0; s < active_shards_; ++s) {
      engine::kernels::best<float>().add(sum, shards_[s].gradients.flat().data() + range.begin,
                                         range.end - range.begin);
    }
  });
}

double AttentionTrainer::step(std::size_t step_of_epoch) {
  if (ordered_epoch_ != epochs_) start_epoch();
  fill_shards(step_of_epoch);
  const std::size_t width = config_.width;
  hidden_.resize({tokens_.size(), width});
  dhidden_.resize({tokens_.size(), width});

  const auto pass_of = [&](const Shard& shard) {
    return engine::Pass{.mode = engine::Mode::train,
                        .seed = training_.seed,
                        .step = static_cast<std::uint32_t>(network_optimiser_.state().steps),
                        .first_token = static_cast<std::uint32_t>(shard.first_token)};
  };
  pool_.run(active_shards_, [&](std::size_t s, std::size_t worker) {
    Shard& shard = shards_[s];
    network_.forward(weights_.network, weights_.items, shard.inputs.tokens, shard.inputs.ragged(), pass_of(shard),
                     shard.cache, workspaces_[worker], shard.hidden);
    std::copy(shard.hidden.begin(), shard.hidden.end(), hidden_.data() + shard.first_token * width);
  });

  std::fill(ditems_.begin(), ditems_.end(), 0.0F);
  const double loss = loss_.forward_backward(pool_, hidden_, weights_.items, targets_, dhidden_, ditems_);

  pool_.run(active_shards_, [&](std::size_t s, std::size_t worker) {
    Shard& shard = shards_[s];
    shard.gradients.clear();
    const float* from = dhidden_.data() + shard.first_token * width;
    std::copy(from, from + shard.hidden.size(), shard.hidden.data());
    network_.backward(weights_.network, shard.inputs.ragged(), pass_of(shard), shard.cache, workspaces_[worker],
                      shard.hidden, shard.gradients);
    std::copy(shard.hidden.begin(), shard.hidden.end(), dhidden_.data() + shard.first_token * width);
  });
  engine::scatter_add_rows<float>(pool_, dhidden_, tokens_, network_.item_scale(), ditems_);
  reduce_gradients();

  const std::span<const float> item_gradient(ditems_.data(), ditems_.size());
  const std::span<const float> network_gradient = gradients_.flat();
  const double squares = engine::sum_of_squares(pool_, network_gradient) + engine::sum_of_squares(pool_, item_gradient);
  const double scale = engine::clip_scale(squares, training_.clip);
  const double rate = learning_rate();
  network_optimiser_.update(pool_, weights_.network.flat(), network_gradient, rate, scale);
  item_optimiser_.update(pool_, {weights_.items.data(), weights_.items.size()}, item_gradient, rate, scale);
  return loss;
}

void AttentionTrainer::restore(State state) {
  network_optimiser_.restore(std::move(state.network_moments));
  item_optimiser_.restore(std::move(state.item_moments));
  weights_ = std::move(state.weights);
  epochs_ = state.epochs;
  ordered_epoch_ = no_epoch;
}

}  // namespace infodiet::recsys
