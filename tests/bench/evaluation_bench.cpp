// Ranking everybody's last item over the full catalogue, and everybody's top ten. items_per_second is people.
#include <benchmark/benchmark.h>

#include "recsys/attention/model.hpp"
#include "recsys/data/split.hpp"
#include "recsys/evaluation/ranks.hpp"
#include "tests/bench/histories.hpp"
#include "tests/bench/machine.hpp"
#include "tests/bench/work.hpp"

namespace infodiet::bench {
namespace {

constexpr recsys::AttentionConfig evaluated_config{
    .width = 64, .blocks = 2, .heads = 1, .ffn_width = 256, .max_length = 200};

recsys::AttentionModel model_of(const HistoryShape& shape) {
  return {evaluated_config, recsys::initial_weights(evaluated_config, shape.items, 1)};
}

void count(benchmark::State& state, const recsys::Dataset& data) {
  const auto people = static_cast<double>(data.users());
  state.SetItemsProcessed(static_cast<std::int64_t>(static_cast<double>(state.iterations()) * people));
  count_flops(state,
              network_flops(evaluated_config, work_of(data, evaluated_config.max_length)) +
                  scoring_flops(evaluated_config, people, data.catalogue_size()),
              static_cast<std::size_t>(state.range(0)));
}

void evaluate(benchmark::State& state, const HistoryShape& shape) {
  const recsys::Dataset data = make_histories(shape);
  const std::vector<recsys::EvaluationCase> cases = recsys::test_cases(data, {});
  const recsys::AttentionModel model = model_of(shape);
  engine::ThreadPool pool(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(recsys::rank_cases(model, cases, 10, pool, recsys::Repeats::allow));
  count(state, data);
}

void recommend(benchmark::State& state, const HistoryShape& shape) {
  const recsys::Dataset data = make_histories(shape);
  const recsys::AttentionModel model = model_of(shape);
  std::vector<recsys::ListQuery> queries;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const recsys::History history = data.history(user);
    queries.push_back({history, {.excluded = history.items}});
  }
  std::vector<std::vector<recsys::ScoredItem>> lists;
  engine::ThreadPool pool(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) model.recommend(pool, queries, 10, lists);
  count(state, data);
}

void evaluate_ml_1m(benchmark::State& state) {
  evaluate(state, ml_1m);
}
void evaluate_beauty(benchmark::State& state) {
  evaluate(state, beauty);
}
void recommend_ml_1m(benchmark::State& state) {
  recommend(state, ml_1m);
}
void recommend_beauty(benchmark::State& state) {
  recommend(state, beauty);
}

#define INFODIET_EVALUATION(name) \
  BENCHMARK(name)->Arg(1)->Arg(2)->ArgName("threads")->UseRealTime()->Unit(benchmark::kMillisecond)
INFODIET_EVALUATION(evaluate_ml_1m);
INFODIET_EVALUATION(evaluate_beauty);
INFODIET_EVALUATION(recommend_ml_1m);
INFODIET_EVALUATION(recommend_beauty);
#undef INFODIET_EVALUATION

}  // namespace
}  // namespace infodiet::bench
