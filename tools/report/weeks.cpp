#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "recsys/errors.hpp"
#include "rl/loop/week_figures.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

constexpr std::size_t shown_at_once = 2;  // tastes and consumption; the other figures are folded

double mean_in(const Json& week, const rl::WeekFigure& figure) {
  return week.at(std::string(figure.name)).at("mean").get<double>();
}

std::string interval_in(const Json& week, const rl::WeekFigure& figure) {
  const Json& estimate = week.at(std::string(figure.name));
  return fmt::format("{:.3f} +- {:.3f}", estimate.at("mean").get<double>(), 1.96 * estimate.at("stderr").get<double>());
}

/// One figure of a feed, week by week, with people alone (grey) and a random feed (its final level).
Chart chart_of(const Run& run, std::size_t arm, const rl::WeekFigure& figure, bool folded) {
  const Json& arms = run.metrics.at("arms");
  const Json& feed = arms.at(arm);
  const Json& alone = arms.at(arms.size() - 1).at("weeks");
  const Json& random = arms.at(arms.size() - 2).at("weeks");
  const Json& weeks = feed.at("weeks");
  const auto name = feed.at("name").get<std::string>();
  Chart chart{.id = fmt::format("weeks-{}-{}-{}", run.id, arm, figure.title),
              .spec = "curve",
              .title = fmt::format("{}: {}", name, figure.meaning)};
  if (folded) chart.fold = chart.title;
  chart.draw("axes", {{"x", "week"}, {"y", std::string(figure.title)}, {"beside", true}});
  chart.number_column("week");
  chart.number_column(name);
  chart.number_column("random feed");
  chart.number_column("people alone");
  for (std::size_t w = 0; w < weeks.size(); ++w) {
    chart.draw("smooth", {{"x", w + 1}, {"y", mean_in(weeks.at(w), figure)}});
    chart.draw("raw", {{"x", w + 1}, {"y", mean_in(alone.at(w), figure)}});
    chart.table.rows.push_back({fmt::format("{}", w + 1), interval_in(weeks.at(w), figure),
                                interval_in(random.at(w), figure), interval_in(alone.at(w), figure)});
  }
  const double in_the_end = mean_in(random.back(), figure);
  chart.draw("levels", {{"y", in_the_end}, {"label", "random feed at the end"}, {"strong", false}});
  chart.legend = "Line: the feed. Grey: people who choose alone. The table has 95 % intervals.";
  chart.sentence = fmt::format(
      "{} went from {:.3f} in the first week to {:.3f} in the last; it ends at {:.3f} if people choose alone, and at "
      "{:.3f} with a random feed.",
      capitalised(std::string(figure.meaning)), mean_in(weeks.front(), figure), mean_in(weeks.back(), figure),
      mean_in(alone.back(), figure), in_the_end);
  return chart;
}

}  // namespace

Section weeks_section(const Source& source) {
  Section section{.id = "weeks",
                  .title = "Week after week",
                  .lead = "How a feed changes people over many weeks, measured on people on whom it is not trained."};
  for (const Run& run : source.runs) {
    if (!run.weeks) continue;
    try {
      const std::size_t feeds = run.metrics.at("arms").size() - 2;
      for (std::size_t arm = 0; arm < feeds; ++arm) {
        for (std::size_t i = 0; i < rl::week_figures().size(); ++i) {
          section.charts.push_back(chart_of(run, arm, rl::week_figures()[i], i >= shown_at_once));
        }
      }
    } catch (const nlohmann::json::exception& error) {
      throw recsys::DamagedError(
          fmt::format("run {}: the record of its weeks cannot be read: {}", run.id, error.what()));
    }
  }
  if (section.charts.empty()) {
    section.missing.push_back({"No weeks have been simulated yet.",
                               "infodiet simulate --environment catalogue --weeks 26 --retrain --policy greedy"});
  }
  return section;
}

}  // namespace infodiet::tools::report
