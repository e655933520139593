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

/// How far a decision is given credit for what comes after it.
struct Horizon {
  double discount = 1;
  double trace = 1;
};

/// advantages (sessions, steps) of what was decided at each step over the values (sessions, steps) that its session had
/// before: the sum over u >= t of (discount trace)^(u - t) (r_u + discount V_{u+1} - V_u), V being 0 after the last
/// step (generalised advantage estimation: Schulman et al., ICLR 2016). With a trace of 1 it is G_t - V_t, G_t = r_t +
/// discount G_{t+1}; the smaller the trace, the less luck it holds and the more of the values' errors; the smaller the
/// discount, the more it leans towards rewards that come soon. Throws ShapeError.
void generalised_advantages(engine::MatrixSpan<const double> rewards, engine::MatrixSpan<const double> values,
                            const Horizon& horizon, engine::MatrixSpan<double> advantages);

/// Takes from the advantages (sessions, steps) of each session the mean of those of the other sessions of the same
/// person, the `group` consecutive ones (leave-one-out). The advantages may be what remains of G_t beside anything that
/// was known before step t was decided, such as a learned value: the estimate stays unbiased and varies less. Throws
/// ShapeError unless groups are full and of at least 2.
void leave_one_out(engine::MatrixSpan<double> advantages, std::size_t group);

/// What a decision's advantage still counts for when the policy has moved on since it was drawn, `log_ratio` being how
/// much likelier it is now: advantage times the ratio, or 0 where the ratio has already gone further than `most` from 1
/// the way the advantage points (clipped surrogate: Schulman et al. 2017).
double clipped_advantage(double advantage, double log_ratio, double most);

}  // namespace infodiet::rl
