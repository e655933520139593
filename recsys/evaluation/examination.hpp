// What `evaluate` asks of the models, and what they may have learnt from.
#pragma once

#include <optional>
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

struct Examination {
  std::string protocol;
  Dataset data;
  Dataset training;                         ///< what baselines are counted from
  std::optional<TargetCases> target_cases;  ///< owns the cases of --targets
  Repeats repeats = Repeats::forbid;
  std::optional<Liking> liked{};  ///< by what targets are no case; all are where it is not given
  std::size_t asked = 0;          ///< people with a case, before any target was forbidden
  JudgedCases judged;
};

/// The cases of `protocol` (leave_one_out or temporal), or, where `targets` is given, the pairs of that file after the
/// whole stored history. Repeats are as the published attention model, or that with the id `model`, has them, else
/// usual_repeats. Where `liked` is given, or that model was trained by one, targets rated lower are no case; of a
/// file, whose pairs have no ratings, all are. Throws DataError if that model has seen what is asked for, if nobody has
/// enough history, or if the file does not fit.
Examination examine(const Database& db, const std::string& protocol, const std::optional<std::string>& targets,
                    std::optional<std::int64_t> model = std::nullopt, std::optional<Liking> liked = std::nullopt);

}  // namespace infodiet::recsys
