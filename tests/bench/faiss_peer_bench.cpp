// The same search in faiss, which calls a matrix product or its own kernels. For comparison only.
#include <benchmark/benchmark.h>
#include <faiss/IndexFlat.h>
#include <omp.h>

#include <vector>

#include "tests/bench/catalogue.hpp"

namespace infodiet::bench {
namespace {

constexpr std::size_t width = 64;
constexpr faiss::Index::idx_t list_length = 10;

void run(benchmark::State& state, faiss::Index::idx_t queries_at_once) {
  const auto items = static_cast<std::size_t>(state.range(1));
  omp_set_num_threads(static_cast<int>(state.range(0)));
  const engine::Matrix<float>& table = item_vectors(items, width);
  const engine::Matrix<float>& vectors = query_vectors(width);
  static faiss::IndexFlatIP index(width);
  if (index.ntotal != static_cast<faiss::Index::idx_t>(items)) {
    index.reset();
    index.add(static_cast<faiss::Index::idx_t>(items), table.data());
  }
  std::vector<float> queries(static_cast<std::size_t>(queries_at_once) * width);
  std::vector<float> scores(static_cast<std::size_t>(queries_at_once * list_length));
  std::vector<faiss::Index::idx_t> labels(scores.size());
  std::size_t next = 0;
  for (auto _ : state) {
    for (std::size_t q = 0; q < static_cast<std::size_t>(queries_at_once); ++q) {
      std::copy_n(&vectors(next++ % vectors.shape(0), 0), width, queries.data() + q * width);
    }
    index.search(queries_at_once, queries.data(), list_length, scores.data(), labels.data());
    benchmark::DoNotOptimize(labels.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * items) * queries_at_once);
}

void faiss_top_k(benchmark::State& state) {
  run(state, 1);
}
/// 256 queries at once.
void faiss_top_k_batch(benchmark::State& state) {
  run(state, 256);
}

#define INFODIET_PEER(name, ...)             \
  BENCHMARK(name)                            \
      ->ArgsProduct({{1, 2}, {__VA_ARGS__}}) \
      ->ArgNames({"threads", "items"})       \
      ->UseRealTime()                        \
      ->Unit(benchmark::kMillisecond)
INFODIET_PEER(faiss_top_k, 10'000, 100'000, 1'000'000);
INFODIET_PEER(faiss_top_k_batch, 10'000, 100'000, 1'000'000);
#undef INFODIET_PEER

}  // namespace
}  // namespace infodiet::bench
