// Training steps and epochs. items_per_second is positions; flops counts useful operations, forward and backward.
#include <benchmark/benchmark.h>

#include "recsys/attention/trainer.hpp"
#include "tests/bench/histories.hpp"
#include "tests/bench/machine.hpp"
#include "tests/bench/work.hpp"

namespace infodiet::bench {
namespace {

using recsys::AttentionConfig;
using recsys::TrainingConfig;

/// SASRec (Kang & McAuley 2018): two blocks, one head, as many hidden units as width.
AttentionConfig sasrec(std::size_t width, std::size_t length) {
  return {.width = width,
          .blocks = 2,
          .heads = 1,
          .ffn_width = width,
          .activation = engine::Activation::relu,
          .max_length = length,
          .dropout = 0.2,
          .attention_dropout = 0.2};
}

constexpr TrainingConfig one_negative{
    .windows = recsys::Windows::last, .loss = recsys::Loss::bce, .negatives = 1, .max_grad_norm = 1e9};
constexpr TrainingConfig full_softmax{.windows = recsys::Windows::last};

/// The backward pass counts twice the forward pass.
double training_flops(const AttentionConfig& config, const TrainingConfig& training, std::size_t items,
                      const Work& work) {
  const bool all = training.loss == recsys::Loss::softmax && training.negatives == 0;
  return 3 * (network_flops(config, work) + scoring_flops(config, work.tokens, all ? items : training.negatives + 1));
}

struct Case {
  HistoryShape shape;
  AttentionConfig config;
  TrainingConfig training;
  std::size_t threads;
};

/// One iteration is `steps` steps, or an epoch if that is 0.
void run(benchmark::State& state, const Case& one, std::size_t steps) {
  const recsys::Dataset data = make_histories(one.shape);
  engine::ThreadPool pool(one.threads);
  recsys::AttentionTrainer trainer(pool, data, one.config, one.training);
  const std::size_t whole_batches = data.users() / one.training.batch;
  if (steps == 0) steps = trainer.steps_per_epoch();
  std::size_t step = 0;
  trainer.step(step);
  for (auto _ : state) {
    for (std::size_t i = 0; i < steps; ++i) benchmark::DoNotOptimize(trainer.step(step++ % whole_batches));
  }
  Work work = work_of(data, one.config.max_length);
  const double share = static_cast<double>(steps * one.training.batch) / static_cast<double>(data.users());
  work.tokens *= share;
  work.pairs *= share;
  state.SetItemsProcessed(static_cast<std::int64_t>(static_cast<double>(state.iterations()) * work.tokens));
  count_flops(state, training_flops(one.config, one.training, one.shape.items, work), one.threads);
}

/// The memory that an epoch of training takes.
void run_memory(benchmark::State& state, const Case& one) {
  constexpr double mb = 1e6;
  const recsys::Dataset data = make_histories(one.shape);
  engine::ThreadPool pool(one.threads);
  const double before = allocated_bytes();
  recsys::AttentionTrainer trainer(pool, data, one.config, one.training);
  const double made = allocated_bytes();
  for (auto _ : state) {
    for (std::size_t step = 0; step < trainer.steps_per_epoch(); ++step) trainer.step(step);
    trainer.end_epoch();
  }
  const auto numbers = static_cast<double>(trainer.weights().network.flat().size() + trainer.weights().items.size());
  state.counters["parameters_MB"] = sizeof(float) * numbers / mb;
  state.counters["optimiser_MB"] = 2 * sizeof(float) * numbers / mb;
  state.counters["gradients_MB"] = (made - before - 3 * sizeof(float) * numbers) / mb;
  state.counters["batch_MB"] = (allocated_bytes() - made) / mb;
}

std::size_t argument(const benchmark::State& state, std::size_t index) {
  return static_cast<std::size_t>(state.range(index));
}

void step_ml_1m(benchmark::State& state) {
  run(state, {ml_1m, sasrec(argument(state, 0), 200), one_negative, argument(state, 1)}, 1);
}
void step_beauty(benchmark::State& state) {
  run(state, {beauty, sasrec(argument(state, 0), 50), one_negative, argument(state, 1)}, 1);
}

/// SASRec with full softmax, hidden layers four times as wide, no dropout of weights.
AttentionConfig wide_sasrec(std::size_t width, std::size_t length) {
  AttentionConfig config = sasrec(width, length);
  config.ffn_width = 4 * width;
  config.dropout = 0.1;
  config.attention_dropout = 0;
  return config;
}
void full_softmax_epoch_ml_1m(benchmark::State& state) {
  run(state, {ml_1m, wide_sasrec(64, 200), full_softmax, argument(state, 0)}, 0);
}
/// The blocks that `train` chooses for data of ml_1m's size.
AttentionConfig default_blocks() {
  AttentionConfig config = wide_sasrec(64, 200);
  config.blocks = 4;
  config.heads = 2;
  config.block = engine::BlockKind::gated;
  config.relative_buckets = 200;
  config.temperature = 0.05;
  return config;
}
void default_blocks_step_ml_1m(benchmark::State& state) {
  run(state, {ml_1m, default_blocks(), full_softmax, argument(state, 0)}, 1);
}

// How the time of a step grows, on two threads: one argument varies, the others stay.
void step_by_length(benchmark::State& state) {
  run(state, {ml_1m, wide_sasrec(64, argument(state, 0)), one_negative, 2}, 1);
}
void step_by_width(benchmark::State& state) {
  run(state, {ml_1m, wide_sasrec(argument(state, 0), 200), one_negative, 2}, 1);
}
void full_softmax_step_by_catalogue(benchmark::State& state) {
  HistoryShape shape = beauty;
  shape.items = argument(state, 0);
  run(state, {shape, wide_sasrec(64, 50), full_softmax, 2}, 1);
}
void sampled_softmax_step_by_catalogue(benchmark::State& state) {
  HistoryShape shape = beauty;
  shape.items = argument(state, 0);
  TrainingConfig sampled = full_softmax;
  sampled.negatives = 512;
  run(state, {shape, wide_sasrec(64, 50), sampled, 2}, 1);
}

void memory_sasrec_ml_1m(benchmark::State& state) {
  run_memory(state, {ml_1m, sasrec(50, 200), one_negative, 2});
}
void memory_sasrec_beauty(benchmark::State& state) {
  run_memory(state, {beauty, sasrec(50, 50), one_negative, 2});
}
void memory_full_softmax_ml_1m(benchmark::State& state) {
  run_memory(state, {ml_1m, wide_sasrec(64, 200), full_softmax, 2});
}
void memory_default_blocks_ml_1m(benchmark::State& state) {
  run_memory(state, {ml_1m, default_blocks(), full_softmax, 2});
}

void timed(benchmark::internal::Benchmark* one) {
  one->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(step_ml_1m)->ArgsProduct({{50, 64, 128}, {1, 2}})->ArgNames({"width", "threads"})->Apply(timed);
BENCHMARK(step_beauty)->ArgsProduct({{50, 64, 128}, {1, 2}})->ArgNames({"width", "threads"})->Apply(timed);
BENCHMARK(full_softmax_epoch_ml_1m)->Arg(1)->Arg(2)->ArgName("threads")->Apply(timed);
BENCHMARK(default_blocks_step_ml_1m)->Arg(1)->Arg(2)->ArgName("threads")->Apply(timed);
BENCHMARK(memory_sasrec_ml_1m)->Iterations(1)->Apply(timed);
BENCHMARK(memory_sasrec_beauty)->Iterations(1)->Apply(timed);
BENCHMARK(memory_full_softmax_ml_1m)->Iterations(1)->Apply(timed);
BENCHMARK(memory_default_blocks_ml_1m)->Iterations(1)->Apply(timed);
BENCHMARK(step_by_length)->RangeMultiplier(2)->Range(25, 800)->ArgName("length")->Apply(timed);
BENCHMARK(step_by_width)->Arg(32)->Arg(64)->Arg(128)->Arg(256)->ArgName("width")->Apply(timed);
BENCHMARK(full_softmax_step_by_catalogue)->RangeMultiplier(10)->Range(1000, 100'000)->ArgName("items")->Apply(timed);
BENCHMARK(sampled_softmax_step_by_catalogue)
    ->RangeMultiplier(10)
    ->Range(1000, 1'000'000)
    ->ArgName("items")
    ->Apply(timed);

}  // namespace
}  // namespace infodiet::bench
