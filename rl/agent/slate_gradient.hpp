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

/// sums (sessions, steps) of rewards to come, G_t = r_t + discount G_{t+1}, from rewards of the same shape. With a
/// discount under 1 they vary less and lean towards rewards that come soon. Throws ShapeError.
void rewards_to_go(engine::MatrixSpan<const double> rewards, double discount, engine::MatrixSpan<double> sums);

/// Takes from the advantages (sessions, steps) of each session the mean of those of the other sessions of the same
/// person, the `group` consecutive ones (leave-one-out). The advantages may be what remains of G_t beside anything that
/// was known before step t was decided, such as a learned value: the estimate stays unbiased and varies less. Throws
/// ShapeError unless groups are full and of at least 2.
void leave_one_out(engine::MatrixSpan<double> advantages, std::size_t group);

}  // namespace infodiet::rl
