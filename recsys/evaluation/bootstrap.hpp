// Confidence intervals of paired differences between two models. No p-values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/distributed/communicator.hpp"
#include "engine/distributed/orders.hpp"
#include "engine/parallel.hpp"

namespace infodiet::recsys {

/// Options of paired_bootstrap.
struct BootstrapOptions {
  std::size_t resamples = 10'000;  ///< sampling error of the ends of a 95 % interval: about 1 % of its width
  double confidence = 0.95;        ///< in (0, 1)
  std::uint64_t seed = 0;
  /// How many consecutive values belong to each user: these are drawn together, since they depend on each other. Empty:
  /// one value per user.
  std::span<const std::size_t> per_user = {};
};

/// A mean and its confidence interval.
struct Interval {
  double mean;  ///< of the differences themselves
  double low;
  double high;
};

/// Percentile bootstrap interval of mean(a - b) (Efron & Tibshirani 1993, chapter 13): users are drawn with
/// replacement, each with both of its values, so what makes a user hard for both models cancels out. a, b (cases): the
/// same metric of two models, case by case. The interval's ends are the (1 -+ confidence) / 2 quantiles of the
/// resampled means, between neighbours linearly. The same bits for any number of threads: resample r draws from stream
/// (seed, bootstrap, r) alone. Throws ShapeError if a and b are not equally long, Error for options out of range,
/// DataError if they are empty.
Interval paired_bootstrap(std::span<const double> a, std::span<const double> b, const BootstrapOptions& options,
                          engine::ThreadPool& pool);

/// Values (cases) of two models.
struct ValuePair {
  std::span<const double> a;
  std::span<const double> b;
};

/// The same of several pairs with equally many cases, to the bit, from the same draws, which take most of the time. The
/// other processes of a job help (help_bootstraps).
std::vector<Interval> paired_bootstraps(std::span<const ValuePair> pairs, const BootstrapOptions& options,
                                        engine::ThreadPool& pool, engine::Communicator& processes = engine::alone());

/// What the processes other than 0 do for paired_bootstraps.
void help_bootstraps(engine::Orders& orders);

}  // namespace infodiet::recsys
