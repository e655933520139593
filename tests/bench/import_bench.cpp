// Import of CSV into a new file. items_per_second is rows, bytes those of the CSV.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "engine/random.hpp"
#include "recsys/import/import.hpp"
#include "recsys/store/database.hpp"
#include "tests/bench/machine.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::bench {
namespace {

/// A log in the order of time with one person for every hundred rows.
std::string rows_of_csv(std::size_t rows) {
  constexpr std::size_t items = 5000;
  engine::RandomStream stream(1, engine::Purpose::examples);
  std::string text = "user,item,time\n";
  for (std::size_t i = 0; i < rows; ++i) {
    text += fmt::format("u{},i{},{}\n", stream.below(rows / 100), stream.below(items), 1'500'000'000 + i);
  }
  return text;
}

void import_csv(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const test::TemporaryFolder folder;
  const std::string csv = folder.write("log.csv", rows_of_csv(rows));
  for (auto _ : state) {
    const test::TemporaryFolder for_database;
    recsys::Database db(for_database.file("import.db"), recsys::OpenMode::create);
    benchmark::DoNotOptimize(recsys::import_paths(db, {.paths = {csv}}));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
  count_bytes(state, static_cast<double>(std::filesystem::file_size(csv)), 1);
}

BENCHMARK(import_csv)->Arg(10'000)->Arg(1'000'000)->ArgName("rows")->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace infodiet::bench
