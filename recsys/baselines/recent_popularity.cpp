#include "recsys/baselines/recent_popularity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/errors.hpp"
#include "engine/shape.hpp"
#include "recsys/baselines/popularity.hpp"
#include "recsys/data/time_kind.hpp"

namespace infodiet::recsys {

namespace {

constexpr float overall_weight = 1e-3F;
constexpr double least_interaction_weight = 0x1.0p-20;  ///< interactions of lower weight are left out

double decay_of(double half_life) {
  if (!(half_life > 0.0) || !std::isfinite(half_life)) {
    throw Error(fmt::format("recent_popularity: a half-life must be a positive number, not {}", half_life));
  }
  return std::exp2(-1.0 / half_life);
}

/// (V) shares of all interactions, weighted by their distance from the end of their history.
std::vector<double> shares_near_the_end(const Dataset& data, double decay) {
  std::vector<double> shares(data.catalogue_size(), 0.0);
  double total = 0.0;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const std::span<const ItemIndex> items = data.history(user).items;
    double weight = 1.0;
    for (std::size_t n = 0; n < items.size() && weight >= least_interaction_weight; ++n, weight *= decay) {
      shares[items[items.size() - 1 - n]] += weight;
      total += weight;
    }
  }
  for (double& share : shares) share /= std::max(total, 1.0);
  return shares;
}

/// Positions of all interactions, oldest first, equal times in the order of users.
std::vector<std::size_t> by_time(const Dataset& data) {
  std::vector<std::size_t> order(data.items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return data.times[a] < data.times[b]; });
  return order;
}

RecentPopularity::Counted count(const Dataset& training, const RecentPopularityOptions& options) {
  RecentPopularity::Counted counted{.background = item_shares(training)};
  for (float& share : counted.background) share *= overall_weight;
  if (time_kind(training) != TimeKind::real) {
    const std::vector<double> recent = shares_near_the_end(training, decay_of(options.position_half_life));
    for (std::size_t item = 0; item < recent.size(); ++item) {
      counted.background[item] += static_cast<float>(recent[item]);
    }
    return counted;
  }
  counted.times.reserve(training.items.size());
  counted.items.reserve(training.items.size());
  for (const std::size_t position : by_time(training)) {
    counted.times.push_back(training.times[position]);
    counted.items.push_back(training.items[position]);
  }
  return counted;
}

}  // namespace

RecentPopularity::RecentPopularity(const Dataset& training, const RecentPopularityOptions& options)
    : RecentPopularity(count(training, options), options) {}

RecentPopularity::RecentPopularity(Counted counted, const RecentPopularityOptions& options)
    : Baseline(counted.background.size()), decay_(decay_of(options.timeline_half_life)), counted_(std::move(counted)) {
  engine::require_size(counted_.times.size(), counted_.items.size(), "recent_popularity", "the number of times",
                       "one for each item of the timeline");
}

void RecentPopularity::score_one(const History& history, std::span<float> scores) const {
  std::copy(counted_.background.begin(), counted_.background.end(), scores.begin());
  const std::vector<std::int64_t>& times = counted_.times;
  const auto now =
      history.times.empty() ? times.end() : std::upper_bound(times.begin(), times.end(), history.times.back());
  const auto known = static_cast<std::size_t>(now - times.begin());
  double weight = 1.0;
  for (std::size_t n = 0; n < known && weight >= least_interaction_weight; ++n, weight *= decay_) {
    scores[counted_.items[known - 1 - n]] += static_cast<float>(weight * (1.0 - decay_));
  }
}

}  // namespace infodiet::recsys
