// The slate policy gradient: REINFORCE over Plackett-Luce slates, for scores that come from anywhere. Pure functions;
// the model behind the scores takes the gradient with respect to its scores from here and goes on backwards.
//
// Of M sessions of the same person, with rewards r, histories h and slates A of steps t, the gradient of the mean
// return plus beta times the entropy is estimated by
//   1/M sum over sessions and t of (G_t - b_t) grad log p(A_t | h_t) + beta grad entropy(A_t | h_t),
// G_t = sum of r_u over u >= t (reward-to-go), b_t the mean of G_t over the other M - 1 sessions (leave-one-out).
#pragma once

#include <cstddef>
#include <span>

#include "engine/matrix_span.hpp"
#include "rl/slate.hpp"

namespace infodiet::rl {

/// How rewards become advantages.
struct CreditOptions {
  std::size_t group = 2;  ///< consecutive sessions that are of the same person; at least 2
  /// Weight of a reward k steps later is discount^k. Under 1 the estimate varies less and leans towards rewards that
  /// come soon.
  double discount = 1;
};

/// advantages (sessions, steps) = G_t - b_t from rewards of the same shape. Rewards expected given the latent state may
/// stand for those drawn: the estimate stays unbiased and varies less. Throws ShapeError.
void leave_one_out_advantages(engine::MatrixSpan<const double> rewards, const CreditOptions& options,
                              engine::MatrixSpan<double> advantages);

}  // namespace infodiet::rl
