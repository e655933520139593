#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include "recsys/errors.hpp"
#include "rl/runs/simulate.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

/// A figure of a diet that is plotted against engagement.
struct Figure {
  std::string name;   // in runs.metrics
  std::string title;  // on the axis

  std::string short_title() const { return title.substr(0, title.find(" (")); }
};
const std::array diet_figures{
    Figure{"consumed.effective_topics", "variety"},
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

/// The return of a point as a percentage of a bound, or null.
std::optional<double> share_of_bound(const Point& point) {
  const auto share = point.row.find("percent_of_bound");
  if (share == point.row.end() || !share->is_number()) return std::nullopt;
  return share->get<double>();
}

bool beside_bounds(const std::vector<Point>& points) {
  return std::any_of(points.begin(), points.end(), [](const Point& point) { return share_of_bound(point); });
}

std::vector<Point> points_of(const Run& run) {
  std::vector<Point> points;
  for (const Json& row : run.metrics.at(run.sweep ? "points" : "policies")) {
    Point point{.policy = row.at(run.sweep ? "policy" : "name").get<std::string>(), .setting = {}, .row = row};
    if (run.sweep) point.setting = row.at("setting").get<double>();
    points.push_back(std::move(point));
  }
  return points;
}

/// The engagement of a session: the return, or the engagement term of a weighted sum.
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

/// "from 4.86 to 6.60 in diversity", with a remark if that may be chance.
std::string change_text(const rl::Estimate& from, const rl::Estimate& to, const std::string& what) {
  const bool chance = std::abs(to.mean - from.mean) <= 2 * std::hypot(from.standard_error, to.standard_error);
  return fmt::format("from {:.2f} to {:.2f} in {}{}", from.mean, to.mean, what, chance ? " (which may be chance)" : "");
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
      text += fmt::format("{}{} goes {} and {}", text.empty() ? "From end to end of its sweep " : "; ",
                          points[first].policy, change_text(*from, *to, term.short_title()),
                          change_text(*engagement_from, *engagement_to, "engagement"));
    }
    first = last + 1;
  }
  return text.empty() ? text : text + ".";
}

using Measured = std::function<std::optional<rl::Estimate>(const Point& point)>;

/// The highest, and those within two standard errors of it.
std::vector<const Point*> leaders(const std::vector<Point>& points, const Measured& measured) {
  const auto mean = [&](const Point& point) {
    const auto known = measured(point);
    return known ? known->mean : -std::numeric_limits<double>::infinity();
  };
  const auto best =
      std::max_element(points.begin(), points.end(), [&](const Point& a, const Point& b) { return mean(a) < mean(b); });
  const auto highest = measured(*best);
  std::vector<const Point*> all;
  for (const Point& point : points) {
    const auto value = measured(point);
    if (!value || !highest) continue;
    if (highest->mean - value->mean <= 2 * std::hypot(highest->standard_error, value->standard_error) + 1e-9) {
      all.push_back(&point);
    }
  }
  return all;
}

/// "mmr, dpp and random"
std::string names_of(const std::vector<const Point*>& points) {
  std::string text;
  for (std::size_t i = 0; i < points.size(); ++i) {
    text += i == 0 ? "" : i + 1 == points.size() ? " and " : ", ";
    text += points[i]->label();
  }
  return text;
}

/// The share of the bound that the policies earned, or why there is no bound; nothing in runs without bounds.
std::string bound_sentence(const Run& run, const std::vector<Point>& points) {
  const auto obstacle = run.metrics.find("no_bound");
  if (obstacle != run.metrics.end() && obstacle->is_string()) {
    return fmt::format("  There is no bound to compare with: {}.", obstacle->get<std::string>());
  }
  std::vector<std::string> shares;
  for (const Point& point : points) {
    if (const auto share = share_of_bound(point)) shares.push_back(fmt::format("{} {:.0f} %", point.policy, *share));
  }
  if (shares.empty()) return {};
  return fmt::format("  Of {:.1f}, a bound that no policy exceeds on average, they earn: {}.",
                     run.metrics.at("bound").at("value").get<double>(), fmt::join(shares, ", "));
}

std::string policies_sentence(const Run& run, const std::vector<Point>& points, const Figure& figure,
                              std::optional<double> optimum) {
  const Measured engages = [&](const Point& point) { return engagement_of(run, point); };
  const Measured has = [&](const Point& point) { return point.figure(figure.name); };
  const std::vector<const Point*> most = leaders(points, engages);
  const std::vector<const Point*> highest = leaders(points, has);
  const auto several = [](const std::vector<const Point*>& which) { return which.size() > 1; };
  if (most.empty() || highest.empty()) return "No policy was measured.";
  std::string text = fmt::format("{} {} most, {:.1f} a session", capitalised(names_of(most)),
                                 several(most) ? "engage" : "engages", engages(*most.front())->mean);
  const bool optimal = std::any_of(most.begin(), most.end(), [](const Point* p) { return p->policy == "optimum"; });
  if (optimum && !optimal) text += fmt::format("; the optimum earns {:.1f}", *optimum);
  if (highest == most) {
    text += fmt::format(". {} also highest in {}, {:.2f}.", several(most) ? "They are" : "It is", figure.short_title(),
                        has(*most.front())->mean);
  } else {
    text += fmt::format(". Highest in {} {} {}, {:.2f}.", figure.short_title(), several(highest) ? "are" : "is",
                        names_of(highest), has(*highest.front())->mean);
  }
  if (several(most) || several(highest)) text += "  Differences within a group named together may be chance.";
  for (const Point& point : points) {
    const auto percent_of = point.row.find("percent_of_optimum");
    if (point.policy != "agent" || percent_of == point.row.end() || !percent_of->is_number()) continue;
    text += fmt::format(" The agent reaches {:.0f} % of the optimum, where random slates have 0 %.",
                        percent_of->get<double>());
  }
  return text + bound_sentence(run, points);
}

/// The label of a point: in a sweep, which is a line, only at the ends.
std::string label_of(const std::vector<Point>& points, std::size_t i) {
  const Point& point = points[i];
  const bool first = i == 0 || points[i - 1].policy != point.policy;
  const bool last = i + 1 == points.size() || points[i + 1].policy != point.policy;
  if (!point.setting || first) return point.label();
  return last ? fmt::format("{:g}", *point.setting) : std::string();
}

/// Points of other policies whose dots overlap share one label, at the first.
void join_labels(Json& drawn, std::size_t panels) {
  constexpr double near = 0.025;  // of the panel
  for (std::size_t panel = 0; panel < panels; ++panel) {
    std::vector<Json*> here;
    for (Json& point : drawn) {
      if (point.at("panel") == panel) here.push_back(&point);
    }
    const auto extent = [&](const char* axis, const char* error) {
      double low = std::numeric_limits<double>::infinity();
      double high = -low;
      for (const Json* point : here) {
        low = std::min(low, point->at(axis).get<double>() - point->at(error).get<double>());
        high = std::max(high, point->at(axis).get<double>() + point->at(error).get<double>());
      }
      return std::max(high - low, 1e-12);
    };
    const double across = near * extent("x", "x_error");
    const double down = near * extent("y", "y_error");
    const auto unlabelled = [](const Json& one) { return one.at("label").get_ref<const std::string&>().empty(); };
    for (std::size_t i = 0; i < here.size(); ++i) {
      for (std::size_t j = i + 1; j < here.size(); ++j) {
        Json& first = *here[i];
        Json& other = *here[j];
        const auto apart = [&](const char* axis) {
          return std::abs(first.at(axis).get<double>() - other.at(axis).get<double>());
        };
        if (unlabelled(first) || unlabelled(other) || apart("x") > across || apart("y") > down) continue;
        first["label"] = first["label"].get<std::string>() + ", " + other["label"].get<std::string>();
        other["label"] = "";
      }
    }
  }
}

/// A point in every panel that has its figure, and its row of the table.
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
  if (beside_bounds(points)) {
    const auto share = share_of_bound(point);
    cells.push_back(share ? fmt::format("{:.1f}", *share) : std::string());
  }
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
  if (beside_bounds(points)) chart.number_column("return, % of bound");
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
  if (!run.sweep && chart.data.contains("points")) join_labels(chart.data["points"], panels.size());
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
                  .lead = "What every policy earns from simulated people, and the diets that result."};
  bool swept = false;
  for (const Run& run : source.runs) {
    if (run.weeks) continue;
    swept = swept || run.sweep.has_value();
    try {
      section.charts.push_back(chart_of(run));
    } catch (const nlohmann::json::exception& error) {
      throw recsys::DamagedError(fmt::format("run {}: its results cannot be read: {}", run.id, error.what()));
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
