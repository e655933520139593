// What the machine can do, measured in the same run as what is compared with it: products and memory reads.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>

namespace infodiet::bench {

/// Floating-point operations a second of single-threaded sgemm of 1,024 x 1,024 on `threads` threads at once. Measured
/// at the first call for that number of threads.
double sgemm_peak(std::size_t threads);

/// Bytes a second that `threads` threads read from memory larger than any cache.
double memory_bandwidth(std::size_t threads);

/// Bytes that this process has allocated and not freed.
double allocated_bytes();

/// Reports `flops` a second and, as "of_peak", their share of sgemm_peak. Both are a repetition's total.
void count_flops(benchmark::State& state, double flops_per_iteration, std::size_t threads);

/// Reports bytes a second and, as "of_bandwidth", their share of memory_bandwidth.
void count_bytes(benchmark::State& state, double bytes_per_iteration, std::size_t threads);

}  // namespace infodiet::bench
