#include "recsys/evaluation/bootstrap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

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

/// The values of one user.
struct OfUser {
  double sum = 0;
  double count = 0;
};

std::vector<OfUser> by_user(std::span<const double> values, std::span<const std::size_t> per_user) {
  std::vector<OfUser> users;
  if (per_user.empty()) {
    for (const double value : values) users.push_back({value, 1});
    return users;
  }
  std::size_t begin = 0;
  for (const std::size_t count : per_user) {
    const std::span<const double> own = values.subspan(begin, count);
    users.push_back({std::accumulate(own.begin(), own.end(), 0.0), static_cast<double>(count)});
    begin += count;
  }
  return users;
}

/// The mean over users.size() users drawn with replacement. One 32-bit draw chooses each by
/// multiplication; its bias, at most users.size() / 2^32, is far below the sampling error.
double resampled_mean(std::span<const OfUser> users, engine::RandomStream stream) {
  OfUser drawn;
  for (std::size_t draw = 0; draw < users.size(); ++draw) {
    const OfUser& user = users[(std::uint64_t{stream.next_u32()} * users.size()) >> 32U];
    drawn.sum += user.sum;
    drawn.count += user.count;
  }
  return drawn.sum / drawn.count;
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
  check(a, b, options);
  std::vector<double> differences(a.size());
  std::transform(a.begin(), a.end(), b.begin(), differences.begin(), std::minus<>());
  const double observed = mean(differences);
  const std::vector<OfUser> users = by_user(differences, options.per_user);

  std::vector<double> means(options.resamples);
  pool.run(means.size(), [&](std::size_t resample, std::size_t /*worker*/) {
    means[resample] =
        resampled_mean(users, {options.seed, engine::Purpose::bootstrap, static_cast<std::uint32_t>(resample)});
  });
  std::sort(means.begin(), means.end());
  const double tail = (1.0 - options.confidence) / 2.0;
  return {.mean = observed, .low = quantile(means, tail), .high = quantile(means, 1.0 - tail)};
}

}  // namespace infodiet::recsys
