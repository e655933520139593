// The Plackett-Luce distribution over ordered slates: draw one item by softmax, take it away, draw the next, ...
// Pure functions of scores; how scores come about and how they learn is elsewhere (rl/agent/slate_gradient.hpp).
#pragma once

#include <span>

#include "engine/random.hpp"
#include "rl/slate.hpp"

namespace infodiet::rl {

/// log p(A) = sum_j [z_{a_j} - logsumexp of z over the items not in a_{<j}], for the ordered slate A = `slate` (K
/// distinct positions) under `scores` z (N, finite, K <= N). Throws ShapeError when the slate does not fit the scores.
double slate_log_probability(std::span<const double> scores, std::span<const Position> slate);

/// gradient_i += weight d log p(A) / d z_i = weight (1[i in A] - sum_{j <= min(rank_i, K)} pi_j(i)), where pi_j is the
/// softmax that the j-th item was drawn from. Throws ShapeError as above and when `gradient` is not (N).
void add_slate_gradient(std::span<const double> scores, std::span<const Position> slate, double weight,
                        std::span<double> gradient);

/// Draws a slate: the `slate.size()` largest of z + Gumbel noise, largest first, which is Plackett-Luce distributed
/// (Yellott 1977; Kool et al., ICML'19). One draw a candidate. Throws ShapeError when there are too few candidates.
void sample_slate(std::span<const double> scores, engine::RandomStream& stream, std::span<Position> slate);

/// Entropy in nats of softmax(z), the distribution of a slate's first item.
double first_draw_entropy(std::span<const double> scores);

/// gradient_i += weight d entropy / d z_i = -weight p_i (log p_i + entropy), p = softmax(z).
void add_entropy_gradient(std::span<const double> scores, double weight, std::span<double> gradient);

}  // namespace infodiet::rl
