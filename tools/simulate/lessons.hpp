// The lessons of `infodiet lesson`: short stories of what a feed does to people, each a simulation and sentences about
// its result.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/simulate/simulation.hpp"
#include "tools/simulate/simulation_setup.hpp"

namespace infodiet::tools {

/// A row of the table of lessons.
struct Lesson {
  std::string_view name;
  std::string_view title;     ///< a few words
  std::string_view question;  ///< the question that it answers, one sentence
  std::string_view look;      ///< what to change and observe, one sentence
  std::string_view change;    ///< the first such change, "name=value,..."
  std::string_view environment;
  std::string_view settings;  ///< "name=value,...", or empty
  std::string_view policies;
  std::size_t users;
  std::size_t weeks;  ///< with retraining; 0: single sessions
  /// The result in sentences; null for weeks, which print their own.
  std::vector<std::string> (*told)(const std::vector<PolicyResult>& results);
};
std::span<const Lesson> lessons();

/// The lesson of that name. Throws UsageError that lists them.
const Lesson& lesson_named(std::string_view name);

/// What the lesson simulates, with `settings` ("name=value,...") changed.
SimulationSetup request_of(const Lesson& lesson, const std::optional<std::string>& settings);

/// Simulates, stores and prints it. Throws SettingError, DataError, Interrupted.
void give_lesson(const Lesson& lesson, const SimulationSetup& request, const Context& context);

}  // namespace infodiet::tools
