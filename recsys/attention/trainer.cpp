#include "recsys/attention/trainer.hpp"

#include <memory>
#include <type_traits>
#include <utility>

#include "engine/distributed/collectives.hpp"
#include "engine/optim/schedule.hpp"

namespace infodiet::recsys {

namespace {

using engine::Traffic;

// What process 0 has the others do.
constexpr std::string_view begin_training = "begin training";
constexpr std::string_view do_step = "training step";
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

}  // namespace

AttentionTrainer::AttentionTrainer(engine::ThreadPool& pool, const Dataset& data, const AttentionConfig& config,
                                   const TrainingConfig& training, engine::Communicator& processes)
    : processes_(processes),
      training_(training),
      examples_(data, config, training),
      step_(pool, processes, config, training, data.catalogue_size(), &data) {
  if (processes.is_alone()) return;
  Setup setup{.config = config, .training = training, .catalogue = data.catalogue_size()};
  engine::together(processes, [&] {
    engine::give_order(processes, begin_training);
    engine::broadcast_value(processes, Traffic::orders, setup);
  });
  distribute(step_.weights(), std::nullopt);
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
  return engine::together(processes_, [&] {
    engine::give_order(processes_, do_step);
    return step_.run(learning_rate(), stop);
  });
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

void AttentionTrainer::distribute(AttentionWeights weights, std::optional<TrainingStep::Moments> moments) {
  step_.require_fit(weights, moments);
  engine::together(processes_, [&] {
    engine::give_order(processes_, take_weights);
    step_.start_from(std::move(weights), std::move(moments));
  });
}

void AttentionTrainer::start_from(AttentionWeights weights) {
  distribute(std::move(weights), std::nullopt);
}

void AttentionTrainer::restore(State state) {
  distribute(std::move(state.weights), TrainingStep::Moments{.network = std::move(state.network_moments),
                                                             .items = std::move(state.item_moments)});
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
  orders.add(take_weights, [step](engine::Communicator&, engine::ThreadPool&) { (*step)->start_from({}, {}); });
  orders.add(give_moments, [step](engine::Communicator&, engine::ThreadPool&) { (*step)->gather_moments(); });
  orders.add(end_training, [step](engine::Communicator&, engine::ThreadPool&) { step->reset(); });
}

}  // namespace infodiet::recsys
