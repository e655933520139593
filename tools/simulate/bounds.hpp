// Upper bounds to compare returns with, in environments without a computed optimum that
// rl/environments/catalogue_bound.hpp covers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "tools/simulate/simulation.hpp"

namespace infodiet::tools {

/// Bounds of a run, or why there are none.
struct Bounds {
  std::vector<double> sessions{};         ///< of the first sessions of a plan; empty if there is none
  double seconds = 0;                     ///< of computing them
  std::optional<std::string> obstacle{};  ///< null in environments with an optimum
};

/// The bounds of the first sessions of `plan`, as many as take reasonable time.
Bounds find_bounds(const Stage& stage, const rl::SessionPlan& plan, engine::ThreadPool& pool);

/// Why there is no bound for weeks.
inline constexpr const char* no_bound_of_weeks =
    "it holds for single sessions with constant tastes and a constant recommender";

/// "value", "stderr" and "sessions", or null.
Json bound_json(const Bounds& bounds);
/// Notes for readers of the table; none in environments with an optimum.
std::optional<std::string> bound_sentence(const Bounds& bounds);

}  // namespace infodiet::tools
