#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "recsys/errors.hpp"
#include "rl/runs/simulate.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

/// A figure of a diet that engagement is drawn against.
struct Figure {
  std::string name;   // in runs.metrics
  std::string title;  // on the axis

  std::string short_title() const { return title.substr(0, title.find(" (")); }
};
const std::array diet_figures{
    Figure{"consumed.effective_topics", "effective topics"},
    Figure{"consumed.nutrition", "nutrition (mean quality)"},
    Figure{"consumed.sugar", "sugar (mean clickbait)"},
    Figure{"consumed.novelty", "novelty (bits)"},
};
constexpr std::size_t most_panels = 2;

/// A policy, or a point of a sweep.
struct Point {
  std::string policy;
  std::optional<double> setting;  // of a sweep
  Json row;

  std::string label() const { return setting ? fmt::format("{} {:g}", policy, *setting) : policy; }
  /// The mean and standard error of a figure of the diet, or null.
  std::optional<rl::Estimate> figure(const std::string& name) const {
    const auto& diet = row.at("diet");
    const auto at = diet.find(name);
    if (at == diet.end() || !at->is_object()) return std::nullopt;
    return rl::Estimate{at->at("mean").get<double>(), at->at("stderr").get<double>()};
  }
};

std::vector<Point> points_of(const Run& run) {
  std::vector<Point> points;
  for (const Json& row : run.metrics.at(run.sweep ? "points" : "policies")) {
    Point point{.policy = row.at(run.sweep ? "policy" : "name").get<std::string>(), .setting = {}, .row = row};
    if (run.sweep) point.setting = row.at("setting").get<double>();
    points.push_back(std::move(point));
  }
  return points;
}

/// What a session engages: the return, unless that is a weighted sum of which engagement is one term.
std::optional<rl::Estimate> engagement_of(const Run& run, const Point& point) {
  if (run.reward.is_object()) return point.figure("terms.engagement");
  return rl::Estimate{point.row.at("return").get<double>(), point.row.at("return_stderr").get<double>()};
}

std::vector<Figure> panels_of(const Run& run, const std::vector<Point>& points) {
  std::vector<Figure> candidates(diet_figures.begin(), diet_figures.end());
  if (run.sweep) {
    const std::string term = run.sweep->substr(0, run.sweep->find('='));
    candidates.insert(candidates.begin(), {"terms." + term, term + " (sum over the session)"});
  }
  std::vector<Figure> panels;
  for (const Figure& figure : candidates) {
    const auto has = [&](const Point& point) { return point.figure(figure.name).has_value(); };
    if (panels.size() < most_panels && std::any_of(points.begin(), points.end(), has)) panels.push_back(figure);
  }
  return panels;
}

std::optional<double> optimum_of(const Run& run) {
  const auto optimum = run.metrics.find("optimum");
  if (optimum == run.metrics.end() || !optimum->is_object()) return std::nullopt;
  return optimum->at("value").get<double>();
}

std::string sweep_sentence(const Run& run, const std::vector<Point>& points, const Figure& term) {
  std::string text;
  for (std::size_t first = 0; first < points.size();) {
    std::size_t last = first;
    while (last + 1 < points.size() && points[last + 1].policy == points[first].policy) ++last;
    const auto from = points[first].figure(term.name);
    const auto to = points[last].figure(term.name);
    const auto engagement_from = engagement_of(run, points[first]);
    const auto engagement_to = engagement_of(run, points[last]);
    if (from && to && engagement_from && engagement_to) {
      text += text.empty() ? fmt::format(
                                 "From end to end of its sweep {} goes from {:.2f} to {:.2f} in {} and from {:.1f} "
                                 "to {:.1f} in engagement",
                                 points[first].policy, from->mean, to->mean, term.short_title(), engagement_from->mean,
                                 engagement_to->mean)
                           : fmt::format("; {} from {:.2f} to {:.2f} and from {:.1f} to {:.1f}", points[first].policy,
                                         from->mean, to->mean, engagement_from->mean, engagement_to->mean);
    }
    first = last + 1;
  }
  return text.empty() ? text : text + ".";
}

std::string policies_sentence(const Run& run, const std::vector<Point>& points, const Figure& figure,
                              std::optional<double> optimum) {
  const auto engages = [&](const Point& point) {
    const auto engagement = engagement_of(run, point);
    return engagement ? engagement->mean : 0;
  };
  const auto value = [&](const Point& point) {
    const auto known = point.figure(figure.name);
    return known ? known->mean : 0;
  };
  const auto most = std::max_element(points.begin(), points.end(),
                                     [&](const Point& a, const Point& b) { return engages(a) < engages(b); });
  const auto highest = std::max_element(points.begin(), points.end(),
                                        [&](const Point& a, const Point& b) { return value(a) < value(b); });
  std::string text = fmt::format("{} engages most, {:.1f} a session", capitalised(most->policy), engages(*most));
  if (optimum) text += fmt::format(" where {:.1f} is possible", *optimum);
  if (highest == most) {
    text += fmt::format(", and is highest in {}, {:.2f}.", figure.short_title(), value(*most));
  } else {
    text += fmt::format(". Highest in {} is {}, {:.2f}, engaging {:.1f}; {} has {:.2f}.", figure.short_title(),
                        highest->policy, value(*highest), engages(*highest), most->policy, value(*most));
  }
  for (const Point& point : points) {
    const auto percent_of = point.row.find("percent_of_optimum");
    if (point.policy != "agent" || percent_of == point.row.end() || !percent_of->is_number()) continue;
    text += fmt::format(" The agent is {:.1f} % of the way from random to the optimum.", percent_of->get<double>());
  }
  return text;
}

/// The name beside a point: of a sweep, which is a line, only at the ends.
std::string label_of(const std::vector<Point>& points, std::size_t i) {
  const Point& point = points[i];
  const bool first = i == 0 || points[i - 1].policy != point.policy;
  const bool last = i + 1 == points.size() || points[i + 1].policy != point.policy;
  if (!point.setting || first) return point.label();
  return last ? fmt::format("{:g}", *point.setting) : std::string();
}

/// A point in every panel that knows its figure, and its row of the table.
void draw_point(Chart& chart, const std::vector<Point>& points, std::size_t i, const std::vector<Figure>& panels,
                const rl::Estimate& engagement) {
  const Point& point = points[i];
  std::vector<std::string> cells{point.policy};
  const auto tell = [&](const std::optional<rl::Estimate>& value) {
    cells.push_back(value ? fmt::format("{:.3f}", value->mean) : std::string());
    cells.push_back(value ? fmt::format("{:.3f}", value->standard_error) : std::string());
  };
  if (point.setting) cells.push_back(fmt::format("{:g}", *point.setting));
  tell(engagement);
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const std::optional<rl::Estimate> value = point.figure(panels[p].name);
    tell(value);
    if (!value) continue;
    chart.draw("points", {{"panel", p},
                          {"policy", point.policy},
                          {"label", label_of(points, i)},
                          {"name", point.label()},
                          {"x", engagement.mean},
                          {"x_error", 2 * engagement.standard_error},
                          {"y", value->mean},
                          {"y_error", 2 * value->standard_error}});
  }
  chart.table.rows.push_back(std::move(cells));
}

Chart chart_of(const Run& run) {
  const std::vector<Point> points = points_of(run);
  const std::vector<Figure> panels = panels_of(run, points);
  Chart chart{.id = fmt::format("policies-{}", run.id), .spec = "frontier", .title = run.environment};
  if (run.sweep) chart.title += fmt::format(", the weight of {} swept", run.sweep->substr(0, run.sweep->find('=')));
  chart.legend =
      fmt::format("Run {}: {} people, {} each. Bars are two standard errors either way.", run.id, grouped(run.users),
                  run.sessions_each == 1 ? "one session" : fmt::format("{} sessions", run.sessions_each));
  chart.column("policy");
  if (run.sweep) chart.number_column("setting");
  chart.number_column("engagement");
  chart.number_column("±");
  for (std::size_t p = 0; p < panels.size(); ++p) {
    chart.draw("panels", {{"panel", p}, {"title", panels[p].title}});
    chart.number_column(panels[p].title);
    chart.number_column("±");
  }
  const std::optional<double> optimum = optimum_of(run);
  if (optimum) chart.draw("optimum", {{"value", *optimum}, {"label", fmt::format("optimum {:.1f}", *optimum)}});
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (const auto engagement = engagement_of(run, points[i])) draw_point(chart, points, i, panels, *engagement);
  }
  if (panels.empty()) {
    chart.sentence = "No figure of the diet is known here.";
  } else if (run.sweep) {
    chart.sentence = sweep_sentence(run, points, panels.front());
  } else {
    chart.sentence = policies_sentence(run, points, panels.front(), optimum);
  }
  return chart;
}

}  // namespace

Section policies_section(const Source& source) {
  Section section{.id = "policies",
                  .title = "Engagement against diet",
                  .lead = "What every policy earns from simulated people, and what it leaves them with."};
  bool swept = false;
  for (const Run& run : source.runs) {
    swept = swept || run.sweep.has_value();
    try {
      section.charts.push_back(chart_of(run));
    } catch (const nlohmann::json::exception& error) {
      throw recsys::DamagedError(
          fmt::format("run {}: what is stored of its results cannot be read: {}", run.id, error.what()));
    }
  }
  if (section.charts.empty()) {
    section.missing.push_back({"Nothing has been simulated yet.",
                               "infodiet simulate --environment satiation --policy all --learn --users 1000"});
  }
  if (!swept) {
    section.missing.push_back(
        {"No term of the reward has been swept yet.",
         "infodiet simulate --environment catalogue --policy agent,mmr,calibrated --sweep diversity=0:1:0.25"});
  }
  return section;
}

}  // namespace infodiet::tools::report
