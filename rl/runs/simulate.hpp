// Rollouts: many sessions of a policy in an environment, on several threads, with the same bits for any number of them.
// Knows no database; pass a Recorder to store sessions.
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

/// Mean of `values`, where consecutive groups of `group` values belong together (sessions of one person): the standard
/// error is that of the group means, 0 for fewer than two groups. Throws ShapeError if the last group is not full or
/// there is none.
Estimate estimate(std::span<const double> values, std::size_t group = 1);
/// The same of a_i - b_i: what one policy earns more than another with the same people and random draws.
Estimate estimate_difference(std::span<const double> a, std::span<const double> b, std::size_t group = 1);
/// The estimate as percent_of_optimum; null if that is undefined.
std::optional<Estimate> percent_of_optimum(const Estimate& value, const Optimum& optimum);

/// Receives finished sessions (`sessions.observe` has everything shown and chosen) and their outcomes (steps,
/// sessions). Implement either function or both.
class Recorder {
 public:
  virtual ~Recorder() = default;

  /// Called on the thread that ran the sessions, concurrently with others: write only to memory of these sessions.
  virtual void digest(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes);
  /// Called afterwards, in the order of session numbers, on the thread that called `simulate`.
  virtual void record(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes);
};

/// Runs the sessions of `plan` (count > 0) under `policy`; returns the return of each, in order: the sum over its steps
/// of the expected reward given the latent state, which has the same mean as the drawn reward and less variance. Equal
/// plans give every policy the same people and random draws (common random numbers), so estimate differences in pairs.
/// `recorder` may be null.
std::vector<double> simulate(const Environment& environment, const Policy& policy, const SessionPlan& plan,
                             engine::ThreadPool& pool, Recorder* recorder = nullptr);

}  // namespace infodiet::rl
