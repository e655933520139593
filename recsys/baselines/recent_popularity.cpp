#include "recsys/baselines/recent_popularity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/errors.hpp"
#include "recsys/baselines/popularity.hpp"
#include "recsys/data/time_kind.hpp"

namespace infodiet::recsys {

namespace {

constexpr float overall_weight = 1e-3F;
constexpr double least_weight = 0x1.0p-20;  ///< interactions of lower weight are left out

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
    for (std::size_t n = 0; n < items.size() && weight >= least_weight; ++n, weight *= decay) {
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

}  // namespace

RecentPopularity::RecentPopularity(const Dataset& training, const RecentPopularityOptions& options)
    : Baseline(training.catalogue_size()),
      decay_(decay_of(options.timeline_half_life)),
      background_(item_shares(training)) {
  for (float& share : background_) share *= overall_weight;
  if (time_kind(training) != TimeKind::real) {
    const std::vector<double> recent = shares_near_the_end(training, decay_of(options.position_half_life));
    for (std::size_t item = 0; item < recent.size(); ++item) background_[item] += static_cast<float>(recent[item]);
    return;
  }
  times_.reserve(training.items.size());
  items_.reserve(training.items.size());
  for (const std::size_t position : by_time(training)) {
    times_.push_back(training.times[position]);
    items_.push_back(training.items[position]);
  }
}

void RecentPopularity::score_one(const History& history, std::span<float> scores) const {
  std::copy(background_.begin(), background_.end(), scores.begin());
  const auto now =
      history.times.empty() ? times_.end() : std::upper_bound(times_.begin(), times_.end(), history.times.back());
  const auto known = static_cast<std::size_t>(now - times_.begin());
  double weight = 1.0;
  for (std::size_t n = 0; n < known && weight >= least_weight; ++n, weight *= decay_) {
    scores[items_[known - 1 - n]] += static_cast<float>(weight * (1.0 - decay_));
  }
}

}  // namespace infodiet::recsys
