#include "tools/simulate/lessons.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "recsys/errors.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

std::string title_of(const std::string& name) {
  for (const Lesson& lesson : lessons()) {
    if (lesson.name == name) return fmt::format("{}. {}", lesson.title, lesson.question);
  }
  return name;
}

}  // namespace

Section lessons_section(const Source& source) {
  Section section{
      .id = "lessons", .title = "Lessons", .lead = "What feeds did to simulated people, in plain sentences."};
  for (const Run& run : source.runs) {
    if (run.lesson.empty()) continue;
    try {
      const auto sentences = run.metrics.at("sentences").get<std::vector<std::string>>();
      section.remarks.push_back(
          fmt::format("{} {} (Run {}.)", title_of(run.lesson), fmt::join(sentences, " "), run.id));
    } catch (const nlohmann::json::exception& error) {
      throw recsys::DamagedError(
          fmt::format("run {}: the record of its lesson cannot be read: {}", run.id, error.what()));
    }
  }
  if (section.remarks.empty())
    section.missing.push_back({"No lesson has been run yet.", "infodiet lesson narrowing-feed"});
  return section;
}

}  // namespace infodiet::tools::report
