// Top ten of large catalogues. bytes counts what one query must read: every vector once, or every 8-bit number and
// scale. items_per_second is items scored by queries.
#include <benchmark/benchmark.h>

#include <optional>
#include <utility>

#include "recsys/ranking/item_search.hpp"
#include "tests/bench/catalogue.hpp"
#include "tests/bench/machine.hpp"

namespace infodiet::bench {
namespace {

constexpr std::size_t vector_width = 64;
constexpr std::size_t list_length = 10;

/// Cached until another is requested: building one takes longer than many searches.
const recsys::ItemSearch& search_of(const engine::Matrix<float>& table, recsys::Prefilter look) {
  static std::optional<recsys::ItemSearch> kept;
  static std::pair<std::size_t, recsys::Prefilter> kept_for;
  if (!kept || kept_for != std::pair(table.shape(0), look)) {
    kept.emplace(engine::MatrixSpan<const float>(table), look);
    kept_for = {table.shape(0), look};
  }
  return *kept;
}

void run(benchmark::State& state, recsys::Prefilter look, std::size_t queries_at_once, double bytes_per_item) {
  const auto items = static_cast<std::size_t>(state.range(1));
  const auto threads = static_cast<std::size_t>(state.range(0));
  const engine::Matrix<float>& table = item_vectors(items, vector_width);
  const engine::Matrix<float>& vectors = query_vectors(vector_width);
  const recsys::ItemSearch& search = search_of(table, look);
  engine::ThreadPool pool(threads);
  std::vector<std::vector<recsys::ScoredItem>> lists;
  std::vector<recsys::ItemSearch::Query> queries(queries_at_once);
  std::size_t next = 0;
  for (auto _ : state) {
    for (recsys::ItemSearch::Query& query : queries)
      query.vector = {&vectors(next++ % vectors.shape(0), 0), vector_width};
    search.search(pool, queries, list_length, lists);
    benchmark::DoNotOptimize(lists.data());
  }
  const double scored = static_cast<double>(items * queries_at_once);
  state.SetItemsProcessed(static_cast<std::int64_t>(static_cast<double>(state.iterations()) * scored));
  if (queries_at_once == 1) {
    count_bytes(state, static_cast<double>(items) * bytes_per_item, threads);
  } else {
    count_flops(state, 2 * scored * vector_width, threads);
  }
}

void top_k_float(benchmark::State& state) {
  run(state, recsys::Prefilter::none, 1, 4 * vector_width);
}
void top_k_int8(benchmark::State& state) {
  run(state, recsys::Prefilter::quantised, 1, vector_width + 4);
}
/// 256 queries at once.
void top_k_batch(benchmark::State& state) {
  run(state, recsys::Prefilter::none, 256, 4 * vector_width);
}

#define INFODIET_SEARCH(name, ...)           \
  BENCHMARK(name)                            \
      ->ArgsProduct({{1, 2}, {__VA_ARGS__}}) \
      ->ArgNames({"threads", "items"})       \
      ->UseRealTime()                        \
      ->Unit(benchmark::kMillisecond)
INFODIET_SEARCH(top_k_float, 10'000, 100'000, 1'000'000, 10'000'000);
INFODIET_SEARCH(top_k_int8, 10'000, 100'000, 1'000'000, 10'000'000);
INFODIET_SEARCH(top_k_batch, 10'000, 100'000, 1'000'000);
#undef INFODIET_SEARCH

}  // namespace
}  // namespace infodiet::bench
