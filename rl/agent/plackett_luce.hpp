// The Plackett-Luce distribution over ordered slates: draw one item by softmax, remove it, draw the next, ... Pure
// functions of scores.
#pragma once

#include <span>

#include "engine/random.hpp"
#include "rl/slate.hpp"

namespace infodiet::rl {

/// log p(A) = sum_j [z_{a_j} - logsumexp of z over the items not in a_{<j}], for the ordered slate A = `slate` (K
/// distinct positions) under `scores` z (N, finite, K <= N). Throws ShapeError when the slate does not fit the scores.
double slate_log_probability(std::span<const double> scores, std::span<const Position> slate);

/// The sum over the K draws of the entropy, in nats, of the softmax that the item was drawn from. Its mean over sampled
/// slates is the entropy of ordered slates: log K! if K items are certain to be shown in random order, up to that of N
/// equal scores. Throws ShapeError as above.
double slate_entropy(std::span<const double> scores, std::span<const Position> slate);

/// That entropy for slates of `size` drawn uniformly, and for one set of items in uniform order.
double largest_slate_entropy(std::size_t candidates, std::size_t size);
double unordered_slate_entropy(std::size_t size);

/// Weights of one slate in the gradient.
struct SlateWeights {
  double advantage = 0;
  double entropy = 0;
};
/// gradient_i += advantage d log p(A) / d z_i + entropy d slate_entropy / d z_i, where with pi_j the softmax of draw j
/// and h_j its entropy d log p(A) / d z_i = 1[i in A] - sum_{j <= min(rank_i, K)} pi_j(i) and
/// d slate_entropy / d z_i = -sum_{j <= min(rank_i, K)} pi_j(i) (log pi_j(i) + h_j). Returns slate_entropy. Throws
/// ShapeError as above and when `gradient` is not (N).
double add_slate_gradient(std::span<const double> scores, std::span<const Position> slate, const SlateWeights& weights,
                          std::span<double> gradient);

/// Draws a slate: the `slate.size()` largest of z + Gumbel noise, largest first, which is Plackett-Luce distributed
/// (Yellott 1977; Kool et al., ICML'19). Uses one random draw per candidate. Throws ShapeError when there are too few
/// candidates.
void sample_slate(std::span<const double> scores, engine::RandomStream& stream, std::span<Position> slate);

}  // namespace infodiet::rl
