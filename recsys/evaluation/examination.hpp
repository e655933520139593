// What `evaluate` measures: the cases, and the data that models may have been trained on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/liking.hpp"
#include "recsys/data/split.hpp"
#include "recsys/evaluation/targets.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Names of the protocols.
inline constexpr std::string_view leave_one_out = "leave-one-out";
inline constexpr std::string_view temporal = "temporal";

/// Which attention model is evaluated.
enum class ModelChoice {
  named,    ///< the published one, or the one with the given id; refused if it has seen the targets
  fitting,  ///< the same if it has not seen the targets, else the latest stored one that has not, else none
};

/// What to evaluate.
struct Question {
  std::string protocol = std::string(leave_one_out);  ///< or `temporal`
  std::optional<std::string> targets = {};            ///< a file of pairs instead
  std::optional<std::string> event = {};              ///< only targets of this event
  std::optional<Asked> asked = {};         ///< temporal only; by default that of the model's validation, else all
  std::optional<std::int64_t> model = {};  ///< its id
  std::optional<Liking> liked = {};        ///< leaves out targets rated lower; by default that of the model
  ModelChoice choice = ModelChoice::named;
};

/// People without a case, and why.
struct SkippedPeople {
  std::string_view key;  ///< of the cause
  std::string_view why;
  std::size_t people = 0;
};

/// Cases and training data of one evaluation.
struct Examination {
  std::string protocol;
  std::optional<Holdout> holdout;     ///< null if targets come from a file
  std::optional<std::int64_t> cut;    ///< temporal only: Unix seconds
  std::optional<std::int64_t> model;  ///< the id of the attention model that is evaluated, if any
  Dataset data;
  Dataset training;                         ///< what baselines are trained on
  std::optional<TargetCases> target_cases;  ///< owns the cases of --targets
  Repeats repeats = Repeats::forbid;
  std::optional<Liking> liked{};       ///< which targets count as low; no target if not given
  std::vector<SkippedPeople> skipped;  ///< by cause; with the people of the cases, everybody stored
  EvaluationSet judged;
};

/// The cases of a question: held-out interactions, or the pairs of its file after the complete stored history. The
/// repeats policy is that of the evaluated model, else usual_repeats. Targets that are low by the liking of the
/// question, or of the model, are left out; pairs of a file have no ratings, so all stay. Throws DataError if the model
/// has seen the targets, if nobody has enough history, if nothing is of the event, or if the file does not fit.
Examination examine(const Database& db, const Question& question);

/// The number of different people; the cases of one person must be adjacent.
std::size_t count_people(std::span<const EvaluationCase> cases);
/// How many cases each person has.
std::vector<std::size_t> cases_per_person(std::span<const EvaluationCase> cases);

}  // namespace infodiet::recsys
