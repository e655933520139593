// What `evaluate` asks of the models, and what they may have learnt from.
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

inline constexpr std::string_view leave_one_out = "leave-one-out";
inline constexpr std::string_view temporal = "temporal";

/// Which attention model is asked.
enum class ModelChoice {
  named,    ///< the published one, or that with the id given: whoever has seen the answers is refused
  fitting,  ///< the same if it has not seen the answers, else the latest kept one that has not, else none
};

struct Question {
  std::string protocol = std::string(leave_one_out);  ///< or `temporal`
  std::optional<std::string> targets = {};            ///< a file of pairs instead
  std::optional<std::string> event = {};              ///< only what was this is asked for
  std::optional<Asked> asked = {};                    ///< temporal only; as the model was validated, else all
  std::optional<std::int64_t> model = {};             ///< its id
  std::optional<Liking> liked = {};                   ///< targets rated lower are no case; as the model was trained
  ModelChoice choice = ModelChoice::named;
};

/// People who are not asked for, and why.
struct SkippedPeople {
  std::string_view key;  ///< of the cause
  std::string_view why;
  std::size_t people = 0;
};

struct Examination {
  std::string protocol;
  std::optional<Holdout> holdout;     ///< what was held out; nothing where the targets are no part of the data
  std::optional<std::int64_t> cut;    ///< temporal only: Unix seconds
  std::optional<std::int64_t> model;  ///< the id of the attention model that is asked, if one is
  Dataset data;
  Dataset training;                         ///< what baselines are counted from
  std::optional<TargetCases> target_cases;  ///< owns the cases of --targets
  Repeats repeats = Repeats::forbid;
  std::optional<Liking> liked{};       ///< by what targets are no case; all are where it is not given
  std::vector<SkippedPeople> skipped;  ///< by cause, those with anybody; with the people of the cases, all stored
  EvaluationSet judged;
};

/// The cases of a question, or, where it has targets, the pairs of that file after the whole stored history. Repeats
/// are as the model that is asked has them, else usual_repeats. Targets that are low by the liking of the question, or
/// of the model, are no case; of a file, whose pairs have no ratings, all are. Throws DataError if that model has seen
/// what is asked for, if nobody has enough history, if nothing is of the event, or if the file does not fit.
Examination examine(const Database& db, const Question& question);

/// How many different people these cases are of; those of one person stand together.
std::size_t count_people(std::span<const EvaluationCase> cases);
/// How many cases each of them has.
std::vector<std::size_t> cases_per_person(std::span<const EvaluationCase> cases);

}  // namespace infodiet::recsys
