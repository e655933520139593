// Checks for what could inflate an evaluation: what its cases consist of, what their order is worth, and how results
// differ between people and targets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "recsys/evaluation/bootstrap.hpp"
#include "recsys/evaluation/examination.hpp"
#include "recsys/evaluation/ranks.hpp"

namespace infodiet::recsys {

/// Counts of the cases and of the training data.
struct CaseAudit {
  std::size_t people = 0;                ///< stored
  std::size_t asked = 0;                 ///< people with a case
  std::size_t cases = 0;                 ///< more than people if they have several each
  std::size_t without_case = 0;          ///< people without a case; Examination::skipped says why
  std::size_t forbidden = 0;             ///< targets left out because they repeat
  std::size_t targets = 0;               ///< of the cases
  std::size_t repeated = 0;              ///< targets that are in the history before them
  std::size_t tied = 0;                  ///< cases whose first target has the time of the last interaction before it
  std::size_t cold_people = 0;           ///< cases of people with nothing in training
  std::size_t cold_targets = 0;          ///< targets that never occur in training
  std::size_t training = 0;              ///< interactions to train on
  std::size_t later = 0;                 ///< of those, not before the cut; 0 without times
  std::optional<std::int64_t> cut = {};  ///< the time cut, or else the median time of the targets (Unix seconds)
  std::size_t duplicates = 0;            ///< interactions equal to another in user, item and time
};
/// Counts them.
CaseAudit audit_cases(const Examination& examination);

/// The cases with their histories in random order; times stay in order.
class ShuffledCases {
 public:
  /// @param first  index of the first of these cases among all; the order depends on it
  ShuffledCases(std::span<const EvaluationCase> cases, std::uint64_t seed, std::size_t first = 0);
  ShuffledCases(ShuffledCases&&) = default;
  ShuffledCases& operator=(ShuffledCases&&) = default;

  std::span<const EvaluationCase> cases() const { return cases_; }

 private:
  std::vector<ItemIndex> items_;
  std::vector<EvaluationCase> cases_;
};

/// What the order of histories is worth to a model: NDCG@10 of its rankings `ranked` minus that of the shuffled cases,
/// with a paired 95 % interval.
Interval order_gain(const Recommender& model, const Examination& examination, const RankedCases& ranked,
                    std::uint64_t seed, engine::ThreadPool& pool);

/// Results of some of the cases.
struct CaseGroup {
  std::string name;  ///< "history 5 to 12", "target consumed 0 to 3 times"
  std::size_t cases = 0;
  double hit_rate = 0;  ///< at 10
  double ndcg = 0;      ///< at 10
};
/// Four groups of about equal size by the length of the history, then four by how often the first target occurs in
/// training; empty groups are left out.
std::vector<CaseGroup> groups_of(const Examination& examination, const RankedCases& ranked);

}  // namespace infodiet::recsys
