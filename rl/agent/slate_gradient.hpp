// The slate policy gradient: REINFORCE over Plackett-Luce slates, for any scores. Pure functions; the model continues
// backward from the gradient of its scores.
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

/// Credit that a decision gets for later rewards.
struct Horizon {
  double discount = 1;
  double trace = 1;
};

/// advantages (sessions, steps) of the decisions, given values (sessions, steps) of the state before each: the sum over
/// u >= t of (discount trace)^(u - t) (r_u + discount V_{u+1} - V_u), V being 0 after the last step (generalised
/// advantage estimation: Schulman et al., ICLR 2016). With a trace of 1 it is G_t - V_t, G_t = r_t + discount G_{t+1};
/// a smaller trace gives less variance and more bias from the values; a smaller discount favours early rewards. Throws
/// ShapeError if shapes differ.
void generalised_advantages(engine::MatrixSpan<const double> rewards, engine::MatrixSpan<const double> values,
                            const Horizon& horizon, engine::MatrixSpan<double> advantages);

/// Subtracts from the advantages (sessions, steps) of each session the mean over the other sessions of the same person,
/// `group` consecutive ones (leave-one-out). Any function of what was known before step t, such as a learned value, may
/// have been subtracted from G_t before: the estimate remains unbiased, with less variance. Throws ShapeError unless
/// groups are full and of at least 2.
void leave_one_out(engine::MatrixSpan<double> advantages, std::size_t group);

/// The weight of a decision's gradient after the policy has changed, `log_ratio` being the logarithm of its new
/// probability over that when it was drawn: advantage times the ratio, or 0 if the ratio is already more than `most`
/// from 1 in the advantage's direction (clipped surrogate of PPO: Schulman et al. 2017).
double clipped_advantage(double advantage, double log_ratio, double most);

}  // namespace infodiet::rl
