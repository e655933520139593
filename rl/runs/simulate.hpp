// Rollouts: many sessions of a policy in an environment, on several threads, with the same bits for any number of them.
// Knows no database; whoever wants to keep sessions gives a Recorder.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "engine/parallel.hpp"
#include "rl/environment.hpp"
#include "rl/environments/optimum.hpp"
#include "rl/policy.hpp"

namespace infodiet::rl {

/// A mean and its standard error.
struct Estimate {
  double mean = 0;
  double standard_error = 0;
};

/// Mean of `values`, consecutive groups of `group` of which belong together (sessions of one person): the standard
/// error is that of the group means. 0 where there are fewer than two groups. Throws ShapeError if the last group is
/// not full or there is none.
Estimate estimate(std::span<const double> values, std::size_t group = 1);
/// As above of a_i - b_i: what one policy earns more than another from the same people with the same luck.
Estimate estimate_difference(std::span<const double> a, std::span<const double> b, std::size_t group = 1);
/// The estimate as a percentage of the way from random to optimum; null where there is no way.
std::optional<Estimate> percent_of_optimum(const Estimate& value, const Optimum& optimum);

/// Takes sessions down when they have ended: all that was shown and done in them (`sessions.observe`), and outcomes
/// (steps, sessions). A recorder implements either function or both.
class Recorder {
 public:
  virtual ~Recorder() = default;

  /// Called on the thread that ran the sessions, at the same time for others: for work that writes only to places of
  /// these sessions.
  virtual void digest(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes);
  /// Called afterwards, in the order of session numbers, on the thread that called `simulate`.
  virtual void record(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes);
};

/// Runs the sessions of `plan` (count > 0) under `policy`; returns what each earned, in their order: the sum over its
/// steps of the reward expected given the latent state, which has the mean of the reward as drawn and varies less.
/// Equal plans give every policy the same people and luck (common random numbers), so differences are best estimated in
/// pairs. `recorder` may be null.
std::vector<double> simulate(const Environment& environment, const Policy& policy, const SessionPlan& plan,
                             engine::ThreadPool& pool, Recorder* recorder = nullptr);

}  // namespace infodiet::rl
