// The diets of a simulated run: every session's numbers, and their means over the run.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "rl/diet/diet.hpp"
#include "rl/runs/simulate.hpp"

namespace infodiet::rl {

/// Computes the diet of each session of one run on the threads that run it. Keeps 16 bytes a metric and session.
class DietRecorder final : public Recorder {
 public:
  /// For a run of `plan`.
  explicit DietRecorder(const SessionPlan& plan);

  void digest(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes) override;

  /// Session i's number for diet_metrics()[metric], or null.
  std::optional<double> value(std::size_t session, std::size_t metric) const;
  /// Mean over the sessions that have the metric, and how many those are.
  struct Summary {
    Estimate estimate;
    std::size_t sessions;
  };
  /// Null where no session has the metric. The standard error is that of the means of people, who may have several
  /// sessions.
  std::optional<Summary> summary(std::size_t metric) const;
  /// Fragmentation of what was consumed between the first people of the run, up to 200, each by their first session.
  std::optional<double> consumed_fragmentation() const;

 private:
  SessionPlan plan_;
  std::vector<std::optional<double>> values_;                       ///< (sessions, metrics)
  std::vector<std::optional<std::vector<double>>> first_consumed_;  ///< (people up to 200) topic shares
};

}  // namespace infodiet::rl
