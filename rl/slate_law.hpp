// How likely a policy shows each slate. Judging a policy from what another one showed needs these numbers, and nothing
// else of either policy.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "engine/random.hpp"
#include "rl/slate.hpp"

namespace infodiet::rl {

/// The distribution of one slate. With probability `explore` it is drawn uniformly as a whole. Otherwise it is filled
/// rank by rank: with probability `draw` by one of the candidates left, in proportion to their weights, else by the
/// best of them in `ranking`. What every policy here does is of this form: a fixed slate has neither.
struct SlateLaw {
  std::size_t candidates = 0;
  double explore = 0;
  double draw = 0;
  /// Best first: the slate itself where nothing is drawn, all candidates where draw is between 0 and 1.
  std::vector<Position> ranking{};
  std::vector<double> weights{};  ///< (candidates) above 0; empty: all alike
};

/// Slates up to this size are summed over the orders of their items, of which there are K!.
inline constexpr std::size_t longest_unordered_slate = 6;

/// Probability of `slate` (K distinct positions) in its order.
double slate_probability(const SlateLaw& law, std::span<const Position> slate);
/// Probability of its items in any order. Throws ShapeError beyond longest_unordered_slate.
double set_probability(const SlateLaw& law, std::span<const Position> slate);
/// prefixes (K): probability that a slate starts with the first k items of `slate` in their order, k = 1..K.
std::vector<double> prefix_probabilities(const SlateLaw& law, std::span<const Position> slate);
/// places (K): probability that item k of `slate` stands at rank k, whatever stands elsewhere. Null where that is a
/// sum of more than 50,000 terms.
std::optional<std::vector<double>> rank_probabilities(const SlateLaw& law, std::span<const Position> slate);

/// Draws a slate (K <= candidates).
void draw_slate(const SlateLaw& law, engine::RandomStream& stream, std::span<Position> slate);

}  // namespace infodiet::rl
