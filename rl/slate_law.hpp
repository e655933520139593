// The probability that a policy shows each slate: all that off-policy evaluation needs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "engine/random.hpp"
#include "rl/slate.hpp"

namespace infodiet::rl {

/// The distribution of one slate. With probability `explore` the slate is uniform. Otherwise it is filled rank by rank:
/// with probability `draw` by a remaining candidate drawn in proportion to its weight, else by the best remaining one
/// in `ranking`. All policies have this form; a deterministic slate has neither.
struct SlateLaw {
  std::size_t candidates = 0;
  double explore = 0;
  double draw = 0;
  /// Best first: the slate itself if nothing is drawn, all candidates if draw is between 0 and 1.
  std::vector<Position> ranking{};
  std::vector<double> weights{};  ///< (candidates) positive; empty: all equal
};

/// Largest slate summed over all K! orders of its items.
inline constexpr std::size_t longest_unordered_slate = 6;

/// Probability of `slate` (K distinct positions) in its order.
double slate_probability(const SlateLaw& law, std::span<const Position> slate);
/// Probability of its items in any order. Throws ShapeError beyond longest_unordered_slate.
double set_probability(const SlateLaw& law, std::span<const Position> slate);
/// (K) probability that a slate starts with the first k items of `slate` in their order, k = 1..K.
std::vector<double> prefix_probabilities(const SlateLaw& law, std::span<const Position> slate);
/// (K) probability that item k of `slate` is at rank k, whatever the other ranks. Null if that is a sum of more than
/// 50,000 terms.
std::optional<std::vector<double>> rank_probabilities(const SlateLaw& law, std::span<const Position> slate);

/// Draws a slate (K <= candidates).
void draw_slate(const SlateLaw& law, engine::RandomStream& stream, std::span<Position> slate);

}  // namespace infodiet::rl
