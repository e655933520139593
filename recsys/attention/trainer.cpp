#include "recsys/attention/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/kernels/kernels.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "engine/random.hpp"
#include "engine/shape.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

// Shards are small enough to spread over threads and to stay in cache from forward to backward, large enough for
// efficient products.
constexpr std::size_t most_shards_at_once = 32;
constexpr std::size_t most_shards_in_phases = 16;
constexpr std::size_t tokens_a_shard = 96;
constexpr std::uint32_t no_epoch = std::numeric_limits<std::uint32_t>::max();

float weight_of_low(LowRatings how) {
  switch (how) {
    case LowRatings::less:
      return 0.5F;
    case LowRatings::ignored:
      return 0.0F;
    case LowRatings::negatives:
      return -0.5F;
    case LowRatings::same:
      break;
  }
  return 1.0F;
}

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
      loss_(data, training),
      ordered_epoch_(no_epoch),
      shards_(loss_.is_by_position() ? most_shards_at_once : most_shards_in_phases),
      activations_(loss_.is_by_position() ? pool.size() : shards_.size()),
      workspaces_(pool.size()),
      gradients_(network_.layout()) {
  loss_.stop_when([this] { return stopped(); });
  cut_examples();
  if (examples_.empty()) {
    throw DataError(
        "nothing to train on: no user has two interactions left for training; import longer histories or "
        "train with --holdout none");
  }
  order_.resize(examples_.size());
  for (Shard& shard : shards_) shard.gradients = engine::Parameters<float>(network_.layout());
  ditems_.resize({data.catalogue_size(), config.width});
}

void AttentionTrainer::cut_examples() {
  for (std::size_t user = 0; user < data_.users(); ++user) {
    const std::size_t length = data_.history(user).size();
    if (length < 2) continue;
    std::size_t end = length - 1;
    const std::size_t first_example = examples_.size();
    do {
      const std::size_t count = std::min(end, config_.max_length);
      examples_.push_back({.user = static_cast<std::uint32_t>(user),
                           .end = static_cast<std::uint32_t>(end),
                           .length = static_cast<std::uint32_t>(count)});
      positions_ += count;
      end -= count;
    } while (end > 0 && training_.windows == Windows::all);
    std::reverse(examples_.begin() + static_cast<std::ptrdiff_t>(first_example), examples_.end());
  }
}

std::size_t AttentionTrainer::steps_per_epoch() const {
  return (examples_.size() + training_.batch - 1) / training_.batch;
}

void AttentionTrainer::start_epoch() {
  std::iota(order_.begin(), order_.end(), 0U);
  engine::RandomStream stream(training_.seed, engine::Purpose::shuffle, epochs_);
  engine::shuffle(std::span(order_), stream);
  ordered_epoch_ = epochs_;
}

void AttentionTrainer::fill_shards(std::size_t step_of_epoch) {
  const std::size_t first = step_of_epoch * training_.batch;
  const std::size_t last = std::min(order_.size(), first + training_.batch);
  std::size_t total = 0;
  for (std::size_t at = first; at < last; ++at) total += examples_[order_[at]].length;

  active_shards_ = std::clamp<std::size_t>(total / tokens_a_shard, 1, shards_.size());
  tokens_.clear();
  targets_.clear();
  target_weights_.clear();
  std::size_t at = first;
  for (std::size_t s = 0; s < active_shards_; ++s) {
    Shard& shard = shards_[s];
    shard.inputs.clear();
    shard.first_token = tokens_.size();
    const std::size_t share = total * (s + 1) / active_shards_;
    for (; at < last && tokens_.size() < share; ++at) {
      const Example& example = examples_[order_[at]];
      const History history = data_.history(example.user);
      const History inputs = history.first(example.end).last(example.length);
      const std::span<const ItemIndex> targets = history.items.first(example.end + 1).last(example.length);
      shard.inputs.add(inputs, example.length);
      tokens_.insert(tokens_.end(), inputs.items.begin(), inputs.items.end());
      targets_.insert(targets_.end(), targets.begin(), targets.end());
      add_target_weights(example);
    }
  }
}

void AttentionTrainer::add_target_weights(const Example& example) {
  const bool low_matter = !data_.low.empty() && training_.low_ratings != LowRatings::same;
  if (data_.weights.empty() && !low_matter) return;
  const std::size_t end = data_.offsets[example.user] + example.end + 1;
  for (std::size_t i = end - example.length; i < end; ++i) {
    const float weight = data_.weights.empty() ? 1.0F : data_.weights[i];
    target_weights_.push_back(low_matter && data_.low[i] != 0 ? weight * weight_of_low(training_.low_ratings) : weight);
  }
}

double AttentionTrainer::learning_rate() const {
  const engine::Schedule schedule{.peak = training_.learning_rate,
                                  .warmup = training_.warmup_steps,
                                  .lr_schedule = training_.lr_schedule,
                                  .total = training_.max_epochs * steps_per_epoch()};
  return schedule.learning_rate(network_optimiser_.state().steps + 1);
}

engine::Run<float> AttentionTrainer::run_of(Shard& shard, std::size_t worker) {
  return {.parameters = weights_.network,
          .workspace = workspaces_[worker],
          .pass = {.mode = engine::Mode::train,
                   .seed = training_.seed,
                   .step = static_cast<std::uint32_t>(network_optimiser_.state().steps),
                   .first_token = static_cast<std::uint32_t>(shard.first_token)},
          .gradients = &shard.gradients};
}

engine::MatrixSpan<float> AttentionTrainer::rows_of(const Shard& shard, engine::Matrix<float>& matrix) {
  return engine::MatrixSpan<float>(matrix).rows_from(shard.first_token, shard.inputs.tokens.size());
}

void AttentionTrainer::forward(Shard& shard, std::size_t worker, Activations& activations) {
  network_.forward(run_of(shard, worker), weights_.items, shard.inputs.tokens, shard.inputs.ragged(), activations.cache,
                   activations.hidden);
  std::copy(activations.hidden.begin(), activations.hidden.end(), rows_of(shard, hidden_).data);
}

void AttentionTrainer::backward(Shard& shard, std::size_t worker, Activations& activations) {
  shard.gradients.clear();
  network_.backward(run_of(shard, worker), shard.inputs.ragged(), activations.cache, activations.hidden);
  std::copy(activations.hidden.begin(), activations.hidden.end(), rows_of(shard, dhidden_).data);
}

bool AttentionTrainer::stopped() {
  if (!stopped_ && *stop_ && (*stop_)()) stopped_ = true;
  return stopped_;
}

double AttentionTrainer::run_shards_at_once() {
  pool_.run(active_shards_, [&](std::size_t s, std::size_t worker) {
    if (stopped()) return;
    Shard& shard = shards_[s];
    Activations& activations = activations_[worker];
    forward(shard, worker, activations);
    loss_.hidden_gradient(shard.first_token, rows_of(shard, hidden_), activations.hidden);
    backward(shard, worker, activations);
  });
  return stopped_ ? 0 : loss_.table_gradient(pool_, hidden_, ditems_);
}

double AttentionTrainer::run_shards_in_phases() {
  pool_.run(active_shards_, [&](std::size_t s, std::size_t worker) {
    if (!stopped()) forward(shards_[s], worker, activations_[s]);
  });
  if (stopped_) return 0;
  const double loss = loss_.forward_backward(pool_, hidden_, dhidden_, ditems_);
  if (stopped_) return 0;
  pool_.run(active_shards_, [&](std::size_t s, std::size_t worker) {
    if (stopped()) return;
    engine::Matrix<float>& gradient = activations_[s].hidden;
    std::copy_n(rows_of(shards_[s], dhidden_).data, gradient.size(), gradient.data());
    backward(shards_[s], worker, activations_[s]);
  });
  return loss;
}

double AttentionTrainer::loss_and_gradients() {
  hidden_.resize({tokens_.size(), config_.width});
  dhidden_.resize({tokens_.size(), config_.width});
  const bool normalises = network_.normalises();
  if (normalises) network_.output_normaliser().forward(weights_.items, output_norms_, outputs_);
  std::fill(ditems_.begin(), ditems_.end(), 0.0F);
  loss_.begin(pool_, static_cast<std::uint32_t>(network_optimiser_.state().steps),
              {.outputs = normalises ? outputs_ : weights_.items, .targets = targets_, .weights = target_weights_});
  const double loss = loss_.is_by_position() ? run_shards_at_once() : run_shards_in_phases();
  if (stopped_) return 0;
  if (normalises) network_.output_normaliser().backward(outputs_, output_norms_, ditems_, ditems_);
  engine::scatter_add_rows<float>(pool_, dhidden_, tokens_, network_.item_scale(), ditems_);
  reduce_gradients();
  return loss;
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

std::optional<double> AttentionTrainer::step(std::size_t step_of_epoch, const Stop& stop) {
  if (ordered_epoch_ != epochs_) start_epoch();
  fill_shards(step_of_epoch);
  stop_ = &stop;
  stopped_ = false;
  const double loss = loss_and_gradients();
  if (stopped_) return std::nullopt;
  const std::span<const float> item_gradient(ditems_.data(), ditems_.size());
  const std::span<const float> network_gradient = gradients_.flat();
  const double squares = engine::sum_of_squares(pool_, network_gradient) + engine::sum_of_squares(pool_, item_gradient);
  const double scale = engine::clip_scale(squares, training_.max_grad_norm);
  const double rate = learning_rate();
  network_optimiser_.update(pool_, weights_.network.flat(), network_gradient, rate, scale);
  item_optimiser_.update(pool_, {weights_.items.data(), weights_.items.size()}, item_gradient, rate, scale);
  return loss;
}

void AttentionTrainer::start_from(AttentionWeights weights) {
  constexpr auto cause = "are they another configuration's or catalogue's?";
  engine::require_size(weights.network.flat().size(), weights_.network.flat().size(), "attention trainer",
                       "the number of parameters", cause);
  engine::require_shape(weights.items, weights_.items, "attention trainer", "the item vectors", cause);
  weights_ = std::move(weights);
}

void AttentionTrainer::restore(State state) {
  network_optimiser_.restore(std::move(state.network_moments));
  item_optimiser_.restore(std::move(state.item_moments));
  weights_ = std::move(state.weights);
  epochs_ = state.epochs;
  ordered_epoch_ = no_epoch;
}

}  // namespace infodiet::recsys
