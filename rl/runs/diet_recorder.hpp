// The diets of a simulated run: the numbers of every session, and their means.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/distributed/packed.hpp"
#include "rl/diet/diet.hpp"
#include "rl/runs/simulate.hpp"

namespace infodiet::rl {

/// Computes the diet of each session of one run on the threads that run it. Uses 16 bytes per metric and session.
class DietRecorder final : public Recorder {
 public:
  /// For a run of `plan`.
  explicit DietRecorder(const SessionPlan& plan);

  void digest(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes) override;

  /// For another process's recorder of a part of the plan, whole people: writes what it found, and takes that in for
  /// the `count` sessions from the plan's session `first` on.
  void pack(engine::Packed& packed) const;
  void unpack(engine::Packed& packed, std::size_t first, std::size_t count);

  /// Session i's number for diet_metrics()[metric], or null.
  std::optional<double> value(std::size_t session, std::size_t metric) const;
  /// Mean over the sessions that have the metric, and their number.
  struct Summary {
    Estimate estimate;
    std::size_t sessions;
  };
  /// Null if no session has the metric. The standard error is over people, who may have several sessions.
  std::optional<Summary> summary(std::size_t metric) const;
  /// Effective topics of moving tastes: mean over the states after each step of a session, and after its last step.
  /// Null if tastes do not move.
  std::optional<Summary> taste_on_the_way() const { return summary_of(taste_on_the_way_, 1, 0); }
  std::optional<Summary> taste_at_the_end() const { return summary_of(taste_at_the_end_, 1, 0); }
  /// Fragmentation of what was consumed between the first people of the run, up to 200, each by their first session.
  std::optional<double> consumed_fragmentation() const;

 private:
  /// The summary over people of the means of values[session * stride + column] over their sessions.
  std::optional<Summary> summary_of(std::span<const std::optional<double>> values, std::size_t stride,
                                    std::size_t column) const;

  SessionPlan plan_;
  std::vector<std::optional<double>> values_;                       ///< (sessions, metrics)
  std::vector<std::optional<double>> taste_on_the_way_;             ///< (sessions)
  std::vector<std::optional<double>> taste_at_the_end_;             ///< (sessions)
  std::vector<std::optional<std::vector<double>>> first_consumed_;  ///< (people up to 200) topic shares
};

}  // namespace infodiet::rl
