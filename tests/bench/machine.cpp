#include "tests/bench/machine.hpp"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <vector>

#include "engine/blas_setup.hpp"
#include "engine/gemm.hpp"
#include "engine/parallel.hpp"
#include "engine/tensor.hpp"

namespace infodiet::bench {

namespace {

/// The highest rate, in units a second, of several rounds of `work`, since the machine may be shared.
template <class F>
double best_rate(double units, F work) {
  using Clock = std::chrono::steady_clock;
  constexpr int rounds = 12;
  work();
  double best = 0;
  for (int round = 0; round < rounds; ++round) {
    const Clock::time_point start = Clock::now();
    work();
    best = std::max(best, units / std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

double measure_sgemm(std::size_t threads) {
  constexpr std::size_t size = 1024;
  engine::ThreadPool pool(threads);
  std::vector<engine::Matrix<float>> matrices(3 * threads);
  for (engine::Matrix<float>& matrix : matrices) {
    matrix.resize({size, size});
    std::fill(matrix.begin(), matrix.end(), 0.5F);
  }
  constexpr double products = 4;
  const double flops = 2.0 * size * size * size * products * static_cast<double>(threads);
  return best_rate(flops, [&] {
    pool.run(threads, [&](std::size_t task, std::size_t) {
      for (int i = 0; i < static_cast<int>(products); ++i) {
        engine::gemm<float>(engine::plain<float>(matrices[3 * task]), engine::plain<float>(matrices[3 * task + 1]),
                            matrices[3 * task + 2]);
      }
    });
  });
}

// The C library searches for an absent byte as fast as memory can be read.
double measure_bandwidth(std::size_t threads) {
  constexpr std::size_t bytes = std::size_t{256} << 20;
  engine::ThreadPool pool(threads);
  const std::vector<char> memory(bytes, 'a');
  return best_rate(static_cast<double>(bytes), [&] {
    pool.run(threads, [&](std::size_t task, std::size_t) {
      const engine::Range range = engine::part_of(bytes, threads, task);
      benchmark::DoNotOptimize(std::memchr(memory.data() + range.begin, 'b', range.end - range.begin));
    });
  });
}

// Printed with every result, so that peers can be run with the same kernels.
[[maybe_unused]] const bool kernels_are_said =
    (benchmark::AddCustomContext("blas_kernels", engine::blas_kernels()), true);

template <class F>
double once(std::map<std::size_t, double>& known, std::size_t threads, F measure) {
  const auto found = known.find(threads);
  return found != known.end() ? found->second : known.emplace(threads, measure(threads)).first->second;
}

void count(benchmark::State& state, const char* rate_name, const char* share_name, double per_iteration, double most) {
  const double total = per_iteration * static_cast<double>(state.iterations());
  state.counters[rate_name] = benchmark::Counter(total, benchmark::Counter::kIsRate);
  state.counters[share_name] = benchmark::Counter(total / most, benchmark::Counter::kIsRate);
}

}  // namespace

double sgemm_peak(std::size_t threads) {
  static std::map<std::size_t, double> known;
  return once(known, threads, measure_sgemm);
}

double memory_bandwidth(std::size_t threads) {
  static std::map<std::size_t, double> known;
  return once(known, threads, measure_bandwidth);
}

double allocated_bytes() {
  const struct mallinfo2 memory = mallinfo2();
  return static_cast<double>(memory.uordblks + memory.hblkhd);
}

void count_flops(benchmark::State& state, double flops_per_iteration, std::size_t threads) {
  count(state, "flops", "of_peak", flops_per_iteration, sgemm_peak(threads));
}

void count_bytes(benchmark::State& state, double bytes_per_iteration, std::size_t threads) {
  count(state, "bytes", "of_bandwidth", bytes_per_iteration, memory_bandwidth(threads));
}

}  // namespace infodiet::bench
