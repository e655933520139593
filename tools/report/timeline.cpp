#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "recsys/errors.hpp"
#include "rl/environments/registry.hpp"
#include "rl/runs/replay.hpp"
#include "tools/report/sections.hpp"
#include "tools/simulate/simulation.hpp"

namespace infodiet::tools::report {

namespace {

/// The figures of a step.
struct Measure {
  const char* title;
  std::optional<double> (*value)(const rl::Moment& moment);
};
constexpr std::array measures{
    Measure{"satisfaction", [](const rl::Moment& moment) { return std::optional(moment.satisfaction); }},
    Measure{"satiation", [](const rl::Moment& moment) { return moment.satiation; }},
    Measure{"variety so far", [](const rl::Moment& moment) { return moment.effective_topics; }},
};

/// A session under one policy.
struct Lived {
  std::string policy;
  std::vector<rl::Moment> moments;

  double mean(const Measure& measure) const {
    double sum = 0;
    std::size_t known = 0;
    for (const rl::Moment& moment : moments) {
      if (const auto value = measure.value(moment)) {
        sum += *value;
        ++known;
      }
    }
    return known == 0 ? 0 : sum / static_cast<double>(known);
  }
};

/// The sessions of one number under every policy.
struct Sessions {
  rl::StoredSession which;  // number and user
  std::vector<Lived> lived;
};

/// The sessions of the report's person if the run has them, else the first with stored steps. Empty without stored
/// steps.
Sessions sessions_of(const Source& source, const Run& run) {
  std::vector<std::vector<rl::StoredSession>> stored;
  for (const std::string& policy : run.policies) {
    stored.push_back(rl::list_sessions_with_steps(source.db, run.id, policy));
  }
  if (stored.empty() || stored.front().empty()) return {};
  const std::optional<std::int64_t> person = source.person ? std::optional(source.person->id) : std::nullopt;
  const auto& first = stored.front();
  auto chosen = std::find_if(first.begin(), first.end(), [&](const auto& s) { return s.user && s.user == person; });
  if (chosen == first.end()) chosen = first.begin();

  const Stage stage = make_stage(run.environment, run.settings, stored_reward(run.reward), &source.db);
  const rl::SessionPlan plan{.seed = run.seed, .first = chosen->number, .count = 1, .sessions_each = run.sessions_each};
  Sessions sessions{.which = *chosen, .lived = {}};
  for (std::size_t p = 0; p < stored.size(); ++p) {
    const auto same =
        std::find_if(stored[p].begin(), stored[p].end(), [&](const auto& s) { return s.number == chosen->number; });
    if (same == stored[p].end()) continue;
    sessions.lived.push_back(
        {.policy = run.policies[p],
         .moments = rl::replay(*stage.environment, plan, rl::load_steps(source.db, same->id), stage.ids().items)});
  }
  return sessions;
}

/// The real person whose tastes a simulated one has, if any.
std::string tastes_of(const Source& source, const rl::StoredSession& session) {
  if (!session.user) return {};
  const std::vector<std::int64_t>& ids = source.view.histories().user_ids;
  const auto at = std::lower_bound(ids.begin(), ids.end(), *session.user);
  return fmt::format(" with the tastes of {}", source.view.users()[static_cast<std::size_t>(at - ids.begin())]);
}

std::vector<Lived>::const_iterator extreme(const std::vector<Lived>& sessions, const Measure& measure, bool highest) {
  const auto less = [&](const Lived& a, const Lived& b) { return a.mean(measure) < b.mean(measure); };
  return highest ? std::max_element(sessions.begin(), sessions.end(), less)
                 : std::min_element(sessions.begin(), sessions.end(), less);
}

/// A column of the chart: the measure in every session, on one scale. Returns whether any session has it.
bool draw_measure(Chart& chart, const Measure& measure, std::size_t column, const std::vector<Lived>& sessions) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Lived& session : sessions) {
    for (const rl::Moment& moment : session.moments) {
      const double value = measure.value(moment).value_or(std::numeric_limits<double>::quiet_NaN());
      low = std::fmin(low, value);
      high = std::fmax(high, value);
    }
  }
  if (low > high) return false;
  chart.draw("columns",
             {{"column", column}, {"title", measure.title}, {"range", fmt::format("{:.2f} to {:.2f}", low, high)}});
  chart.number_column(measure.title);
  for (std::size_t row = 0; row < sessions.size(); ++row) {
    const auto& moments = sessions[row].moments;
    const double steps = std::max(1.0, static_cast<double>(moments.size()) - 1);
    for (std::size_t step = 0; step < moments.size(); ++step) {
      const std::optional<double> value = measure.value(moments[step]);
      if (!value) continue;
      chart.draw("steps", {{"row", row},
                           {"column", column},
                           {"step", step + 1},
                           {"value", *value},
                           {"x", static_cast<double>(step) / steps},
                           {"y", high > low ? (*value - low) / (high - low) : 0.5},
                           {"text", fmt::format("{:.2f}", *value)},
                           {"last", step + 1 == moments.size()}});
    }
  }
  return true;
}

/// The session drawn large: that of the first available of these policies, else the most or least satisfied one.
std::size_t drawn_large(const std::vector<Lived>& sessions, std::initializer_list<std::string_view> wanted,
                        bool highest) {
  for (const std::string_view policy : wanted) {
    const auto at =
        std::find_if(sessions.begin(), sessions.end(), [&](const Lived& lived) { return lived.policy == policy; });
    if (at != sessions.end()) return static_cast<std::size_t>(at - sessions.begin());
  }
  return static_cast<std::size_t>(extreme(sessions, measures[0], highest) - sessions.begin());
}

/// "satisfaction 0.82 and 0.70 on average".
std::string comparison(const std::vector<Lived>& two, const std::vector<const Measure*>& drawn) {
  std::string text;
  for (const Measure* measure : drawn) {
    const bool so_far = measure == &measures[2];
    const auto value = [&](const Lived& lived) {
      return so_far ? measure->value(lived.moments.back()).value_or(0) : lived.mean(*measure);
    };
    text += text.empty() ? "" : ", ";
    text += fmt::format("{} {:.2f} and {:.2f} {}", measure->title, value(two[0]), value(two[1]),
                        so_far ? "in the end" : "on average");
  }
  return text;
}

/// What two sessions show, for this one person.
std::string sentence_of(const std::vector<Lived>& two, const std::vector<const Measure*>& drawn) {
  if (two.size() < 2) return fmt::format("This person under {}.", two[0].policy);
  const auto same = [](const rl::Moment& a, const rl::Moment& b) {
    return std::all_of(measures.begin(), measures.end(),
                       [&](const Measure& measure) { return measure.value(a) == measure.value(b); });
  };
  const auto& first = two[0].moments;
  const auto& second = two[1].moments;
  if (std::equal(first.begin(), first.end(), second.begin(), second.end(), same)) {
    return fmt::format("This person fares the same under {} and under {}.", two[0].policy, two[1].policy);
  }
  return fmt::format("This person under {} and under {}: {}.", two[0].policy, two[1].policy, comparison(two, drawn));
}

/// Sessions drawn by `spec`, with all available measures.
Chart chart_of(std::string id, std::string spec, const std::vector<Lived>& sessions,
               std::vector<const Measure*>& drawn) {
  Chart chart{.id = std::move(id), .spec = std::move(spec)};
  chart.column("policy");
  chart.number_column("step");
  for (const Measure& measure : measures) {
    if (draw_measure(chart, measure, drawn.size(), sessions)) drawn.push_back(&measure);
  }
  for (std::size_t row = 0; row < sessions.size(); ++row) {
    chart.draw("rows", {{"row", row}, {"label", sessions[row].policy}});
    for (std::size_t step = 0; step < sessions[row].moments.size(); ++step) {
      std::vector<std::string> cells{sessions[row].policy, fmt::format("{}", step + 1)};
      for (const Measure* measure : drawn) {
        const std::optional<double> value = measure->value(sessions[row].moments[step]);
        cells.push_back(value ? fmt::format("{:.3f}", *value) : std::string());
      }
      chart.table.rows.push_back(std::move(cells));
    }
  }
  return chart;
}

/// A far-sighted policy and a short-sighted one, drawn large; all policies small, on request.
std::vector<Chart> charts_of(const Run& run, const std::vector<Lived>& sessions) {
  const std::size_t first = drawn_large(sessions, {"agent", "optimum"}, true);
  const std::size_t second = drawn_large(sessions, {"greedy", "popular"}, false);
  std::vector<Lived> two{sessions[first]};
  if (second != first) two.push_back(sessions[second]);
  std::vector<const Measure*> drawn;
  std::vector<Chart> charts{chart_of(fmt::format("timeline-{}", run.id), "duet", two, drawn)};
  charts.front().title = run.environment;
  charts.front().lead = rl::known_environment(run.environment).summary;
  charts.front().sentence = sentence_of(two, drawn);
  if (sessions.size() <= two.size()) return charts;
  drawn.clear();
  Chart all = chart_of(fmt::format("timeline-all-{}", run.id), "timeline", sessions, drawn);
  const auto extreme_text = [&](bool highest) {
    const auto at = extreme(sessions, measures[0], highest);
    return fmt::format("{:.2f} under {}", at->mean(measures[0]), at->policy);
  };
  all.fold = fmt::format("All {} policies", sessions.size());
  all.sentence = fmt::format("Mean satisfaction ranges from {} to {}.", extreme_text(false), extreme_text(true));
  all.legend = "Grey: the other policies.";
  charts.push_back(std::move(all));
  return charts;
}

}  // namespace

Section timeline_section(const Source& source) {
  Section section{
      .id = "timeline",
      .title = "A session, step by step",
      .lead =
          "One simulated person under two policies, with the same random draws. Other people may differ; averages are "
          "in the next section. Satisfaction is the probability that something of the slate is taken (in choc-kale, "
          "the environment's own satisfaction). Satiation is the share of the last five items taken that have the "
          "topics now shown. Variety is the number of equally shared topics that everything taken so far corresponds "
          "to."};
  for (const Run& run : source.runs) {
    if (run.sweep || run.weeks) continue;
    Sessions sessions;
    try {
      sessions = sessions_of(source, run);
    } catch (const recsys::DataError& error) {
      section.missing.push_back({fmt::format("Run {}: {}.", run.id, error.what()), run.command});
      continue;
    } catch (const recsys::SettingError& error) {
      section.missing.push_back({fmt::format("Run {}: {}.", run.id, error.what()), run.command});
      continue;
    }
    if (sessions.lived.empty()) {
      section.missing.push_back({fmt::format("Run {} stored no steps.", run.id), run.command + " --keep samples"});
      continue;
    }
    std::vector<Chart> charts = charts_of(run, sessions.lived);
    charts.front().legend = fmt::format("Run {}, seed {}, simulated person {}{}.", run.id, run.seed,
                                        sessions.which.number / run.sessions_each, tastes_of(source, sessions.which));
    std::move(charts.begin(), charts.end(), std::back_inserter(section.charts));
  }
  if (section.charts.empty() && section.missing.empty()) {
    section.missing = {{"Nothing has been simulated yet.",
                        "infodiet simulate --environment satiation --policy all --learn --users 1000"}};
  }
  return section;
}

}  // namespace infodiet::tools::report
