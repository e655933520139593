// Training steps and epochs. items_per_second is positions; flops counts useful operations only: products, forward and
// backward, of tokens that exist and pairs that the causal mask shows.
#include <benchmark/benchmark.h>

#include <memory>

#include "recsys/attention/trainer.hpp"
#include "tests/bench/histories.hpp"
#include "tests/bench/machine.hpp"

namespace infodiet::bench {
namespace {

using recsys::AttentionConfig;
using recsys::TrainingConfig;

/// SASRec (Kang & McAuley 2018): two blocks, one head, as many hidden units as width.
AttentionConfig sasrec(std::size_t width, std::size_t length) {
  return {.width = width,
          .blocks = 2,
          .heads = 1,
          .hidden = width,
          .max_length = length,
          .dropout = 0.2,
          .attention_dropout = 0.2};
}

constexpr TrainingConfig one_negative{
    .windows = recsys::Windows::last, .loss = recsys::Loss::bce, .negatives = 1, .clip = 1e9};
constexpr TrainingConfig full_softmax{.windows = recsys::Windows::last};

struct Work {
  double tokens = 0;
  double pairs = 0;
};

/// What one epoch over windows of the last `length` inputs holds.
Work work_of_epoch(const recsys::Dataset& data, std::size_t length) {
  Work work;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const auto tokens = static_cast<double>(std::min(data.history(user).size() - 1, length));
    work.tokens += tokens;
    work.pairs += tokens * (tokens + 1) / 2;
  }
  return work;
}

/// Multiply-adds count two, the backward pass twice the forward pass.
double flops(const AttentionConfig& config, const TrainingConfig& training, std::size_t items, const Work& work) {
  const auto width = static_cast<double>(config.width);
  const auto hidden = static_cast<double>(config.hidden);
  const bool gated = config.block == engine::BlockKind::gated;
  const double projections = 4 * width * width + (gated ? 3 : 2) * width * hidden + (gated ? 2 * width * width : 0);
  const double scored = training.loss == recsys::Loss::softmax
                            ? static_cast<double>(training.negatives == 0 ? items : training.negatives + 1)
                            : static_cast<double>(training.negatives + 1);
  const double blocks = static_cast<double>(config.blocks) * (projections * work.tokens + 2 * width * work.pairs);
  return 3 * 2 * (blocks + scored * width * work.tokens);
}

void run_steps(benchmark::State& state, const HistoryShape& shape, const AttentionConfig& config,
               const TrainingConfig& training, std::size_t threads) {
  const recsys::Dataset data = make_histories(shape);
  engine::ThreadPool pool(threads);
  recsys::AttentionTrainer trainer(pool, data, config, training);
  const std::size_t steps = trainer.steps_per_epoch() - 1;  // all of the same number of sequences
  std::size_t step = 0;
  trainer.step(step);
  for (auto _ : state) benchmark::DoNotOptimize(trainer.step(step++ % steps));

  Work work = work_of_epoch(data, config.max_length);
  const double batches = static_cast<double>(data.users()) / static_cast<double>(training.batch);
  work.tokens /= batches;
  work.pairs /= batches;
  state.SetItemsProcessed(static_cast<std::int64_t>(static_cast<double>(state.iterations()) * work.tokens));
  count_flops(state, flops(config, training, shape.items, work), threads);
}

// SASRec's shape; arguments: width, threads.
void step_ml_1m(benchmark::State& state) {
  run_steps(state, ml_1m, sasrec(static_cast<std::size_t>(state.range(0)), 200), one_negative,
            static_cast<std::size_t>(state.range(1)));
}
void step_beauty(benchmark::State& state) {
  run_steps(state, beauty, sasrec(static_cast<std::size_t>(state.range(0)), 50), one_negative,
            static_cast<std::size_t>(state.range(1)));
}
void step_full_softmax_ml_1m(benchmark::State& state) {
  AttentionConfig config = sasrec(static_cast<std::size_t>(state.range(0)), 200);
  config.hidden = 4 * config.width;
  config.attention_dropout = 0;
  run_steps(state, ml_1m, config, full_softmax, static_cast<std::size_t>(state.range(1)));
}

BENCHMARK(step_ml_1m)
    ->ArgsProduct({{50, 64, 128}, {1, 2}})
    ->ArgNames({"width", "threads"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(step_beauty)
    ->ArgsProduct({{50, 64, 128}, {1, 2}})
    ->ArgNames({"width", "threads"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(step_full_softmax_ml_1m)
    ->ArgsProduct({{64}, {1, 2}})
    ->ArgNames({"width", "threads"})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace infodiet::bench
