// SlateQ (Ie et al., IJCAI'19), the value-based baseline: the value of a slate is the mean of its items' values,
// weighted by the probabilities with which people choose them. Linear, and fitted backwards over the steps rather than
// by stochastic gradients.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/parallel.hpp"
#include "rl/environment.hpp"
#include "rl/policy.hpp"
#include "rl/reward_kind.hpp"

namespace infodiet::rl {

/// How it learns.
struct SlateQOptions {
  std::uint64_t seed = 1;
  std::size_t rounds = 4;       ///< each but the first explores around what was learned
  std::size_t sessions = 4000;  ///< sessions of a round; the latest are kept, up to a memory limit
  double exploration = 0.2;     ///< share of ranks drawn at random in later rounds
  double ridge = 1;             ///< of the least-squares fits
  RewardKind reward = RewardKind::drawn;
};

/// Q(s, A) = sum over i of P(i | s, A) Q_t(s, i), i the items of A and choosing nothing; P is a multinomial logit
/// (rl/policies/slateq/choice_model.hpp), Q_t(s, i) linear in rl/policies/slateq/session_features.hpp, with weights for
/// each step t. Both are learned from simulated sessions, using only what a feed observes and the rewards: P by maximum
/// likelihood, Q_t by least squares on r + max over A' of Q_{t+1}(s', A'), backwards from the last step. In the first
/// round `first` chooses the slates, and should explore. The slate with the highest value is found exactly
/// (Dinkelbach's method for the ratio). Same bits for any number of threads. Its sessions are numbered from 2^31, so
/// that they never coincide with measured sessions of the same seed. In environments where the reward depends on more
/// than the choice, or choosing nothing depends on the slate, SlateQ's assumptions do not hold.
std::shared_ptr<const Policy> learn_slateq(const Environment& environment, const Policy& first,
                                           engine::ThreadPool& pool, const SlateQOptions& options = {});

}  // namespace infodiet::rl
