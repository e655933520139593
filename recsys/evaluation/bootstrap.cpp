#include "recsys/evaluation/bootstrap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <string_view>
#include <vector>

#include "engine/distributed/collectives.hpp"
#include "engine/errors.hpp"
#include "engine/random.hpp"
#include "recsys/evaluation/metrics.hpp"

namespace infodiet::recsys {

namespace {

void check(std::span<const double> a, std::span<const double> b, const BootstrapOptions& options) {
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  if (a.size() != b.size()) {
    throw ShapeError(fmt::format(
        "paired_bootstrap: {} values against {}: both models must be measured on the same users", a.size(), b.size()));
  }
  if (!(options.confidence > 0.0 && options.confidence < 1.0)) {
    throw Error(fmt::format("a bootstrap's confidence must lie between 0 and 1, not at {}", options.confidence));
  }
  if (!options.per_user.empty() &&
      std::accumulate(options.per_user.begin(), options.per_user.end(), std::size_t{0}) != a.size()) {
    throw ShapeError(fmt::format("paired_bootstrap: the users do not have {} values in total", a.size()));
  }
  if (options.resamples == 0 || options.resamples > most || a.size() > most) {
    throw Error(fmt::format("a bootstrap takes 1 to {} resamples of at most {} users, not {} of {}", most, most,
                            options.resamples, a.size()));
  }
}

/// What each user's cases add to a resample: their number, and of each pair the sum of their differences.
struct OfUsers {
  std::vector<double> counts;  // (users)
  std::vector<double> sums;    // (users, pairs)
};

OfUsers by_user(std::span<const std::vector<double>> differences, std::span<const std::size_t> per_user) {
  OfUsers users;
  const std::size_t number = per_user.empty() ? differences.front().size() : per_user.size();
  std::size_t begin = 0;
  for (std::size_t user = 0; user < number; ++user) {
    const std::size_t count = per_user.empty() ? 1 : per_user[user];
    users.counts.push_back(static_cast<double>(count));
    for (const std::vector<double>& of_pair : differences) {
      const auto own = std::span(of_pair).subspan(begin, count);
      users.sums.push_back(std::accumulate(own.begin(), own.end(), 0.0));
    }
    begin += count;
  }
  return users;
}

/// means (pairs) over as many users as there are, drawn with replacement. One 32-bit draw chooses each by
/// multiplication; its bias, at most users / 2^32, is far below the sampling error.
void resample(const OfUsers& users, engine::RandomStream stream, std::span<double> means) {
  const std::size_t number = users.counts.size();
  double count = 0;
  std::fill(means.begin(), means.end(), 0.0);
  for (std::size_t draw = 0; draw < number; ++draw) {
    const std::size_t user = (std::uint64_t{stream.next_u32()} * number) >> 32U;
    count += users.counts[user];
    const double* const sums = users.sums.data() + user * means.size();
    for (std::size_t pair = 0; pair < means.size(); ++pair) means[pair] += sums[pair];
  }
  for (double& mean : means) mean /= count;
}

constexpr std::string_view bootstrap_order = "draw resamples";

/// (resamples, pairs). All processes draw some from process 0's values; the answer is process 0's.
std::vector<double> resampled_means(engine::Communicator& processes, engine::ThreadPool& pool, OfUsers users,
                                    std::uint64_t seed, std::uint64_t resamples) {
  using engine::Traffic;
  engine::broadcast_value(processes, Traffic::results, seed);
  engine::broadcast_value(processes, Traffic::results, resamples);
  engine::broadcast_all(processes, Traffic::results, users.counts);
  engine::broadcast_all(processes, Traffic::results, users.sums);
  const std::size_t pairs = users.sums.size() / users.counts.size();
  engine::Bounds bounds = engine::bounds_of(processes, resamples);
  const std::size_t first = bounds[processes.rank()];
  std::vector<double> means(resamples * pairs);
  pool.run(bounds[processes.rank() + 1] - first, [&](std::size_t r, std::size_t /*worker*/) {
    resample(users, {seed, engine::Purpose::bootstrap, static_cast<std::uint32_t>(first + r)},
             std::span(means).subspan((first + r) * pairs, pairs));
  });
  for (std::size_t& bound : bounds) bound *= pairs;
  engine::gather(processes, Traffic::results, std::span<double>(means), bounds);
  return means;
}

/// Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996).
double quantile(std::span<const double> sorted, double probability) {
  const double at = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], at - static_cast<double>(below));
}

}  // namespace

Interval paired_bootstrap(std::span<const double> a, std::span<const double> b, const BootstrapOptions& options,
                          engine::ThreadPool& pool) {
  const ValuePair pair{a, b};
  return paired_bootstraps({&pair, 1}, options, pool).front();
}

std::vector<Interval> paired_bootstraps(std::span<const ValuePair> pairs, const BootstrapOptions& options,
                                        engine::ThreadPool& pool, engine::Communicator& processes) {
  if (pairs.empty()) return {};
  std::vector<std::vector<double>> differences;
  std::vector<Interval> intervals;
  for (const auto& [a, b] : pairs) {
    check(a, b, options);
    if (a.size() != pairs.front().a.size()) throw ShapeError("paired_bootstraps: all pairs must have as many cases");
    std::vector<double>& of_pair = differences.emplace_back(a.size());
    std::transform(a.begin(), a.end(), b.begin(), of_pair.begin(), std::minus<>());
    intervals.push_back({.mean = mean(of_pair), .low = 0, .high = 0});
  }
  engine::give_order(processes, bootstrap_order);
  const std::vector<double> means = engine::together(processes, [&] {
    return resampled_means(processes, pool, by_user(differences, options.per_user), options.seed, options.resamples);
  });
  const double tail = (1.0 - options.confidence) / 2.0;
  std::vector<double> sorted(options.resamples);
  for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
    for (std::size_t r = 0; r < sorted.size(); ++r) sorted[r] = means[r * pairs.size() + pair];
    std::sort(sorted.begin(), sorted.end());
    intervals[pair].low = quantile(sorted, tail);
    intervals[pair].high = quantile(sorted, 1.0 - tail);
  }
  return intervals;
}

void help_bootstraps(engine::Orders& orders) {
  orders.add(bootstrap_order, [](engine::Communicator& processes, engine::ThreadPool& pool) {
    resampled_means(processes, pool, {}, 0, 0);
  });
}

}  // namespace infodiet::recsys
