#include "recsys/attention/trainer.hpp"

#include <algorithm>
#include <memory>
#include <type_traits>
#include <utility>

#include "engine/distributed/collectives.hpp"
#include "engine/optim/schedule.hpp"
#include "engine/shape.hpp"

namespace infodiet::recsys {

namespace {

using engine::Traffic;

// What process 0 has the others do.
constexpr std::string_view begin_training = "begin training";
constexpr std::string_view do_step = "training step";
constexpr std::string_view take_attributes = "take attributes";
constexpr std::string_view take_weights = "take weights";
constexpr std::string_view give_moments = "give moments";
constexpr std::string_view end_training = "end training";

// What the others need to know before the first step.
struct Setup {
  AttentionConfig config;
  TrainingConfig training;
  std::uint64_t catalogue;
};
static_assert(std::is_trivially_copyable_v<Setup>);

std::span<const float> flat(const engine::Matrix<float>& matrix) {
  return {matrix.data(), matrix.size()};
}

}  // namespace

AttentionTrainer::AttentionTrainer(engine::ThreadPool& pool, const Dataset& data, const AttentionConfig& config,
                                   const TrainingConfig& training, engine::Communicator& processes)
    : pool_(pool),
      processes_(processes),
      training_(training),
      examples_(data, config, training),
      step_(pool, processes, config, training, data.catalogue_size(), &data) {
  if (processes.is_alone()) return;
  Setup setup{.config = config, .training = training, .catalogue = data.catalogue_size()};
  engine::together(processes, [&] {
    engine::give_order(processes, begin_training);
    engine::broadcast_value(processes, Traffic::orders, setup);
  });
  distribute(step_.weights(), {}, std::nullopt);
}

AttentionTrainer::~AttentionTrainer() {
  engine::give_order(processes_, end_training);
}

double AttentionTrainer::learning_rate() const {
  const engine::Schedule schedule{.peak = training_.learning_rate,
                                  .warmup = training_.warmup_steps,
                                  .lr_schedule = training_.lr_schedule,
                                  .total = training_.max_epochs * steps_per_epoch()};
  return schedule.learning_rate(step_.steps() + 1);
}

std::optional<double> AttentionTrainer::step(std::size_t step_of_epoch, const Stop& stop) {
  examples_.fill(epochs_, step_of_epoch, step_.most_shards(), step_.batch());
  const std::optional<double> loss = engine::together(processes_, [&] {
    engine::give_order(processes_, do_step);
    return step_.run(learning_rate(), stop);
  });
  if (loss && training_.ema > 0) update_average();
  return loss;
}

void AttentionTrainer::update_average() {
  const AttributeVectors* const attributes = step_.attributes();
  if (!average_) {
    average_.emplace(Average{.weights = weights()});
    if (attributes != nullptr) average_->attributes = attributes->vectors();
    return;
  }
  // At first less, so that it does not remember how training began.
  const auto steps = static_cast<double>(step_.steps());
  const auto kept = static_cast<float>(std::min(training_.ema, (1 + steps) / (10 + steps)));
  const auto move = [&](std::span<float> average, std::span<const float> now) {
    constexpr std::size_t parts = 16;
    pool_.run(parts, [&](std::size_t part, std::size_t) {
      const engine::Range range = engine::part_of(average.size(), parts, part);
      for (std::size_t i = range.begin; i < range.end; ++i) average[i] = kept * average[i] + (1 - kept) * now[i];
    });
  };
  move(average_->weights.network.flat(), weights().network.flat());
  move({average_->weights.items.data(), average_->weights.items.size()}, flat(weights().items));
  if (attributes == nullptr) return;
  move({average_->attributes.data(), average_->attributes.size()}, flat(attributes->vectors()));
}

void AttentionTrainer::end_epoch() {
  ++epochs_;
  if (processes_.is_alone()) return;
  engine::together(processes_, [&] {
    engine::give_order(processes_, give_moments);
    gathered_ = step_.gather_moments();
  });
}

const engine::AdamW<float>::State& AttentionTrainer::network_moments() const {
  return gathered_ ? gathered_->network : step_.network_moments();
}

const engine::AdamW<float>::State& AttentionTrainer::item_moments() const {
  return gathered_ ? gathered_->items : step_.item_moments();
}

void AttentionTrainer::distribute(AttentionWeights weights, engine::Matrix<float> attributes,
                                  std::optional<TrainingStep::Moments> moments) {
  step_.require_fit(weights, moments);
  engine::together(processes_, [&] {
    engine::give_order(processes_, take_weights);
    step_.start_from(std::move(weights), std::move(attributes), std::move(moments));
  });
}

void AttentionTrainer::learn_attributes(const SparseRows& attributes) {
  engine::require_size(attributes.offsets.size(), weights().items.shape(0) + 1, "attention trainer",
                       "the number of rows of attributes", "one for each item");
  if (attributes.entries.empty()) return;
  engine::together(processes_, [&] {
    engine::give_order(processes_, take_attributes);
    step_.learn_attributes(attributes);
  });
}

AttentionWeights AttentionTrainer::model_weights() const {
  const AttentionWeights& weights = average_ ? average_->weights : step_.weights();
  const AttributeVectors* const attributes = step_.attributes();
  if (attributes == nullptr) return weights;
  AttentionWeights all{.network = weights.network, .items = {}};
  attributes->apply(pool_, weights.items, average_ ? average_->attributes : attributes->vectors(), all.items);
  return all;
}

void AttentionTrainer::start_from(AttentionWeights weights) {
  distribute(std::move(weights), {}, std::nullopt);
  average_.reset();
}

void AttentionTrainer::restore(State state) {
  if (const AttributeVectors* attributes = step_.attributes()) {
    engine::require_shape(state.attributes, attributes->vectors(), "attention trainer", "the attribute vectors",
                          "are they another data set's?");
  }
  distribute(std::move(state.weights), std::move(state.attributes),
             TrainingStep::Moments{.network = std::move(state.network_moments),
                                   .items = std::move(state.item_moments),
                                   .attributes = std::move(state.attribute_moments)});
  average_ = std::move(state.average);
  epochs_ = state.epochs;
}

void help_training(engine::Orders& orders) {
  const auto step = std::make_shared<std::unique_ptr<TrainingStep>>();
  orders.add(begin_training, [step](engine::Communicator& processes, engine::ThreadPool& pool) {
    Setup setup{};
    engine::broadcast_value(processes, Traffic::orders, setup);
    *step = std::make_unique<TrainingStep>(pool, processes, setup.config, setup.training, setup.catalogue, nullptr);
  });
  orders.add(do_step, [step](engine::Communicator&, engine::ThreadPool&) { (*step)->run(0); });
  orders.add(take_attributes, [step](engine::Communicator&, engine::ThreadPool&) { (*step)->learn_attributes({}); });
  orders.add(take_weights, [step](engine::Communicator&, engine::ThreadPool&) { (*step)->start_from({}, {}, {}); });
  orders.add(give_moments, [step](engine::Communicator&, engine::ThreadPool&) { (*step)->gather_moments(); });
  orders.add(end_training, [step](engine::Communicator&, engine::ThreadPool&) { step->reset(); });
}

}  // namespace infodiet::recsys
