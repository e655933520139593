// What no policy earns more than, beside what policies earned: where an environment has no optimum to compute but
// rl/environments/catalogue_bound.hpp covers it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "tools/simulate/simulation.hpp"

namespace infodiet::tools {

/// Bounds of a run, or why it has none.
struct Bounds {
  std::vector<double> sessions{};         ///< of the first sessions of a plan; empty where there is none
  double seconds = 0;                     ///< that finding them took
  std::optional<std::string> obstacle{};  ///< null in environments with an optimum
};

/// The bounds of as many of the first sessions of `plan` as a run can wait for.
Bounds find_bounds(const Stage& stage, const rl::SessionPlan& plan, engine::ThreadPool& pool);

/// Why weeks have none.
inline constexpr const char* no_bound_of_weeks =
    "it is of single sessions of people whose tastes stay, before a recommender that stays";

/// "value", "stderr" and "sessions", or null.
Json bound_json(const Bounds& bounds);
/// What a reader of the table should know of them; nothing in environments with an optimum.
std::optional<std::string> bound_sentence(const Bounds& bounds);

}  // namespace infodiet::tools
