// `simulate --sweep term=from:to:step`: how engagement is traded for one term of the reward, by agents with increasing
// weights of the term, and by re-ranking policies with their own trade-off.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rl/reward.hpp"
#include "tools/simulate/simulation.hpp"

namespace infodiet::tools {

/// A term of the reward and its weights.
struct Sweep {
  std::string term;
  std::vector<double> weights;  ///< ascending
};

/// Reads "term=from:to:step". Throws UsageError for a malformed text or invalid numbers, SettingError for an unknown
/// term.
Sweep parse_sweep(std::string_view text);

/// `reward` with the term's weight set.
rl::RewardWeights with_weight(rl::RewardWeights reward, const std::string& term, double weight);

/// One point of a frontier.
struct SweepPoint {
  std::string policy;
  double setting;  ///< the term's weight for the agent, the weight of variety or balance for others
  PolicyResult result;
  std::optional<double> hits{};  ///< of the agent: HR@10 on the held-out items
};

/// Engagement and swept term of a point per session, means and standard errors; null if no item has the term.
std::optional<rl::Estimate> term_of(const SweepPoint& point, const std::string& term);

/// Whether the term's mean never falls by more than two standard errors from one point of `policy` to the next.
bool never_falls(const std::vector<SweepPoint>& points, std::string_view policy, const std::string& term);

/// How much more of the term a point has than the frontier of `other` at equal engagement (linear between that
/// frontier's non-dominated points); null outside its range of engagement.
std::optional<double> above_frontier(const SweepPoint& point, const std::vector<SweepPoint>& points,
                                     std::string_view other, const std::string& term);

}  // namespace infodiet::tools
