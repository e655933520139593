// Environment steps a second: items_per_second of each line is steps. The argument is the number of threads.
#include <benchmark/benchmark.h>

#include "rl/environments/choc_kale.hpp"
#include "rl/environments/exploration.hpp"
#include "rl/environments/satiation.hpp"
#include "rl/policies/simple.hpp"
#include "rl/runs/diet_recorder.hpp"
#include "rl/runs/simulate.hpp"
#include "tests/rl/constant_policy.hpp"

namespace infodiet::rl {
namespace {

constexpr std::size_t sessions = 20000;

void run(benchmark::State& state, const Environment& environment, const Policy& policy) {
  engine::ThreadPool pool(static_cast<std::size_t>(state.range(0)));
  const SessionPlan plan{.seed = 1, .count = sessions};
  for (auto _ : state) benchmark::DoNotOptimize(simulate(environment, policy, plan, pool));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * sessions * environment.shape().steps));
}

void choc_kale_constant(benchmark::State& state) {
  run(state, ChocKale(), test::ConstantPolicy({10}));
}
void choc_kale_random(benchmark::State& state) {
  run(state, ChocKale(), RandomPolicy());
}
void choc_kale_optimum(benchmark::State& state) {
  const ChocKale environment({.sensitivity = 0.1});
  run(state, environment, *environment.solve()->policy);
}
void satiation_greedy(benchmark::State& state) {
  run(state, Satiation(), GreedyPolicy());
}
void exploration_random(benchmark::State& state) {
  run(state, Exploration(), RandomPolicy());
}

/// With every session's diet computed, as the command line does.
void choc_kale_constant_with_diets(benchmark::State& state) {
  engine::ThreadPool pool(static_cast<std::size_t>(state.range(0)));
  const ChocKale environment;
  const SessionPlan plan{.seed = 1, .count = sessions};
  for (auto _ : state) {
    DietRecorder recorder(plan);
    benchmark::DoNotOptimize(simulate(environment, test::ConstantPolicy({10}), plan, pool, &recorder));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * sessions * environment.shape().steps));
}

BENCHMARK(choc_kale_constant)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(choc_kale_constant_with_diets)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(choc_kale_random)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(choc_kale_optimum)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(satiation_greedy)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(exploration_random)->Arg(1)->Arg(2)->UseRealTime();

}  // namespace
}  // namespace infodiet::rl
