// main() of the benchmarks: the set-up that our programs have.
#include <benchmark/benchmark.h>

#include "engine/blas_setup.hpp"

int main(int argc, char** argv) {
  infodiet::engine::set_up_blas();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
