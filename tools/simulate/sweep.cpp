#include "tools/simulate/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/cli/errors.hpp"
#include "tools/cli/options.hpp"

namespace infodiet::tools {

namespace {

constexpr double most_points = 1000;

const recsys::Setting<rl::RewardWeights>& term_named(const std::string& term) {
  const auto terms = rl::RewardWeights::settings();
  return *std::find_if(terms.begin(), terms.end(), [&](const auto& known) { return known.name == term; });
}

}  // namespace

Sweep parse_sweep(std::string_view text) {
  constexpr auto form = "expected term=from:to:step, for example diversity=0:1:0.1";
  const std::size_t equals = text.find('=');
  const std::size_t first = text.find(':');
  const std::size_t second = text.find(':', first == std::string_view::npos ? first : first + 1);
  if (equals == std::string_view::npos || second == std::string_view::npos || equals > first) {
    throw UsageError(fmt::format("--sweep: \"{}\" is malformed: {}", text, form));
  }
  const double from = parse_number("--sweep", text.substr(equals + 1, first - equals - 1));
  const double to = parse_number("--sweep", text.substr(first + 1, second - first - 1));
  const double step = parse_number("--sweep", text.substr(second + 1));
  if (!(step > 0) || !(from < to) || (to - from) / step > most_points) {
    throw UsageError(fmt::format(
        "--sweep: from {} to {} in steps of {}: expected a rising range with a positive step and at most {} points",
        from, to, step, most_points));
  }
  Sweep sweep{.term = std::string(text.substr(0, equals)), .weights = {}};
  // Checks term and weights like --reward.
  rl::parse_reward(fmt::format("{}={}", sweep.term, from));
  rl::parse_reward(fmt::format("{}={}", sweep.term, to));
  const auto points = static_cast<std::size_t>(std::floor((to - from) / step + 1e-9)) + 1;
  for (std::size_t i = 0; i < points; ++i) sweep.weights.push_back(from + static_cast<double>(i) * step);
  return sweep;
}

rl::RewardWeights with_weight(rl::RewardWeights reward, const std::string& term, double weight) {
  term_named(term).set(reward, weight);
  return reward;
}

std::optional<rl::Estimate> term_of(const SweepPoint& point, const std::string& term) {
  const rl::DietRecorder::Summary* summary = point.result.metric("terms." + term);
  if (summary == nullptr) return std::nullopt;
  return summary->estimate;
}

bool never_falls(const std::vector<SweepPoint>& points, std::string_view policy, const std::string& term) {
  std::optional<rl::Estimate> before;
  for (const SweepPoint& point : points) {
    if (point.policy != policy) continue;
    const std::optional<rl::Estimate> now = term_of(point, term);
    if (before && now && now->mean < before->mean - 2 * std::hypot(now->standard_error, before->standard_error)) {
      return false;
    }
    before = now;
  }
  return true;
}

std::optional<double> above_frontier(const SweepPoint& point, const std::vector<SweepPoint>& points,
                                     std::string_view other, const std::string& term) {
  struct Point {
    double engagement;
    double value;
  };
  const auto point_of = [&](const SweepPoint& p) -> std::optional<Point> {
    const auto engagement = term_of(p, "engagement");
    const auto value = term_of(p, term);
    if (!engagement || !value) return std::nullopt;
    return Point{engagement->mean, value->mean};
  };
  const std::optional<Point> here = point_of(point);
  if (!here) return std::nullopt;
  std::vector<Point> all;
  for (const SweepPoint& p : points) {
    const auto found = p.policy == other ? point_of(p) : std::nullopt;
    if (found) all.push_back(*found);
  }
  std::vector<Point> frontier;
  for (const Point& one : all) {
    const bool beaten = std::any_of(all.begin(), all.end(), [&](const Point& better) {
      return better.engagement >= one.engagement && better.value >= one.value &&
             (better.engagement > one.engagement || better.value > one.value);
    });
    if (!beaten) frontier.push_back(one);
  }
  std::sort(frontier.begin(), frontier.end(),
            [](const Point& a, const Point& b) { return a.engagement < b.engagement; });
  // Left of the frontier's first point there is nothing to compare with.
  if (frontier.empty() || here->engagement > frontier.back().engagement) return std::nullopt;
  if (here->engagement <= frontier.front().engagement) return here->value - frontier.front().value;
  const auto right = std::find_if(frontier.begin(), frontier.end(),
                                  [&](const Point& one) { return one.engagement >= here->engagement; });
  const auto left = right - 1;
  const double share = (here->engagement - left->engagement) / (right->engagement - left->engagement);
  return here->value - (left->value + share * (right->value - left->value));
}

}  // namespace infodiet::tools
