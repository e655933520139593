#include "tools/simulate/sweep_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/simulate/accuracy.hpp"
#include "tools/simulate/bounds.hpp"
#include "tools/simulate/learning.hpp"
#include "tools/simulate/sweep.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools {

namespace {

// A policy at one point of the sweep, ready to run.
struct PreparedPoint {
  std::string policy;
  double setting;
  NamedPolicy ready;
  std::shared_ptr<const rl::Environment> environment;
  Bounds bounds{};
  std::optional<rl::HeldOutHits> hits{};
};

PreparedPoint agent_point(SimulationRun& run, const AgentAccuracy& accuracy, const Sweep& sweep, double weight) {
  const Console silent({.json = run.console().json(), .quiet = true});
  const Stage stage = with_reward(run.stage(), with_weight(*run.stage().reward, sweep.term, weight));
  const LearnedAgent agent = learn_agent(
      stage, {.training = run.training(), .publish = false, .processes = run.processes()}, run.pool(), silent);
  const std::string name(agent_name);
  return {.policy = name,
          .setting = weight,
          .ready = {fmt::format("{}@{:g}", name, weight),
                    std::make_shared<rl::AgentPolicy>(agent.model, rl::SlateRule::best)},
          .environment = stage.environment,
          .bounds = find_bounds(stage, run.plan(), run.pool()),
          .hits = accuracy.of(agent.model)};
}

// From relevance alone to variety or balance alone, with the sweep's number of steps.
PreparedPoint reranked_point(SimulationRun& run, const std::string& name, std::size_t step, std::size_t steps) {
  const double setting = static_cast<double>(step) / static_cast<double>(std::max<std::size_t>(1, steps - 1));
  rl::PolicyOptions options;
  rl::known_policy(name).set_variety(options, setting);
  return {.policy = name,
          .setting = setting,
          .ready = {fmt::format("{}@{:g}", name, setting),
                    rl::make_policy(name, {*run.stage().environment, nullptr, run.pool()}, options)},
          .environment = run.stage().environment};
}

// All agents learn before the run begins, which locks the file for other writers.
std::vector<PreparedPoint> prepare(SimulationRun& run, const Sweep& sweep, const std::vector<std::string>& names) {
  std::vector<PreparedPoint> points;
  const AgentAccuracy accuracy(run);
  const Bounds bounds = find_bounds(run.stage(), run.plan(), run.pool());
  Progress progress(run.console(), "learning", names.size() * sweep.weights.size());
  for (const std::string& name : names) {
    for (std::size_t i = 0; i < sweep.weights.size(); ++i) {
      points.push_back(name == agent_name ? agent_point(run, accuracy, sweep, sweep.weights[i])
                                          : reranked_point(run, name, i, sweep.weights.size()));
      if (name != agent_name) points.back().bounds = bounds;
      progress.update(points.size());
    }
  }
  return points;
}

std::vector<SweepPoint> run_points(SimulationRun& run, const std::vector<PreparedPoint>& prepared) {
  std::vector<SweepPoint> points;
  Progress progress(run.console(), "sweeping", prepared.size());
  for (const PreparedPoint& point : prepared) {
    points.push_back({point.policy, point.setting,
                      run.run(point.ready, *point.environment, {.bounds = point.bounds.sessions}),
                      point.hits ? std::optional(point.hits->agent) : std::nullopt});
    progress.update(points.size());
  }
  return points;
}

// How much more of the term a point has than the frontier of `other`, if they are comparable.
std::optional<double> above(const SweepPoint& point, const std::vector<SweepPoint>& points, const char* other,
                            const Sweep& sweep) {
  return point.policy == other ? std::nullopt : above_frontier(point, points, other, sweep.term);
}

std::string above_text(const SweepPoint& point, const std::vector<SweepPoint>& points, const char* other,
                       const Sweep& sweep) {
  if (const auto difference = above(point, points, other, sweep)) return fmt::format("{:.3f}", *difference);
  // No point of the other policy has as much engagement.
  const bool compared =
      point.policy != other && term_of(point, "engagement") &&
      std::any_of(points.begin(), points.end(), [&](const SweepPoint& p) { return p.policy == other; });
  return compared ? "beyond" : "";
}

std::string hits_key() {
  return fmt::format("hr@{}", rl::held_out_list);
}

Table table_of(const std::vector<SweepPoint>& points, const Sweep& sweep) {
  Table table({{.title = "policy"},
               {.title = "setting", .align = Align::right},
               {.title = "return", .align = Align::right},
               {.title = "% of bound", .align = Align::right},
               {.title = "engagement", .align = Align::right},
               {.title = sweep.term, .align = Align::right},
               {.title = "+-", .align = Align::right},
               {.title = "variety", .align = Align::right},
               {.title = fmt::format("HR@{}", rl::held_out_list), .align = Align::right},
               {.title = "above mmr", .align = Align::right},
               {.title = "above calibrated", .align = Align::right}});
  const auto text = [](double value) { return fmt::format("{:.3f}", value); };
  for (const SweepPoint& point : points) {
    const auto engagement = term_of(point, "engagement");
    const auto term = term_of(point, sweep.term);
    const rl::DietRecorder::Summary* topics = point.result.metric("consumed.effective_topics");
    const auto share = point.result.percent_of_bound;
    table.add({point.policy, fmt::format("{:g}", point.setting), text(point.result.earned.mean),
               share ? fmt::format("{:.1f}", share->mean) : "", engagement ? text(engagement->mean) : "",
               term ? text(term->mean) : "", term ? text(term->standard_error) : "",
               topics == nullptr ? "" : text(topics->estimate.mean), point.hits ? text(*point.hits) : "",
               above_text(point, points, "mmr", sweep), above_text(point, points, "calibrated", sweep)});
  }
  return table;
}

Json rows_of(const std::vector<SweepPoint>& points, const Sweep& sweep) {
  const auto json = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  Json rows = Json::array();
  for (const SweepPoint& point : points) {
    Json row = to_json(point.result);
    row["policy"] = point.policy;
    row["setting"] = point.setting;
    row[hits_key()] = json(point.hits);
    row["above_mmr"] = json(above(point, points, "mmr", sweep));
    row["above_calibrated"] = json(above(point, points, "calibrated", sweep));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

void run_sweep(SimulationRun& run) {
  const Console& console = run.console();
  const Sweep sweep = parse_sweep(*run.request().sweep);
  const std::vector<std::string> names = swept_policies(run.request());
  const bool with_agent = std::find(names.begin(), names.end(), agent_name) != names.end();
  const std::vector<PreparedPoint> prepared = prepare(run, sweep, names);
  run.begin(names);
  const std::vector<SweepPoint> points = run_points(run, prepared);

  Json rows = rows_of(points, sweep);
  run.finish(Json{{"points", rows}});
  const bool monotone = never_falls(points, agent_name, sweep.term);
  if (console.json()) {
    console.print_json(Json{{"run", run.number()},
                            {"environment", run.stage().name},
                            {"term", sweep.term},
                            {"never_falls", monotone},
                            {"policies", std::move(rows)}});
    return;
  }
  table_of(points, sweep).print(console);
  console.print_prose(
      fmt::format("above: how much more {} than the other's frontier at the same engagement; beyond: the other never "
                  "has as much engagement",
                  sweep.term));
  console.print_prose(prepared.front().bounds.obstacle ? *bound_sentence(prepared.front().bounds)
                                                       : "% of bound: of the upper bound for the reward of that point");
  if (with_agent) {
    const auto judged = std::find_if(prepared.begin(), prepared.end(), [](const auto& point) { return point.hits; });
    if (judged != prepared.end()) {
      console.print_prose(
          fmt::format("HR@{}: share of the held-out items in the agent's lists; in the recommender's own it is {:.3f}",
                      rl::held_out_list, judged->hits->recommender));
    }
    console.print(fmt::format("the agent's {} {} as its weight grows (two standard errors)", sweep.term,
                              monotone ? "never falls" : "falls somewhere"));
  }
  run.print_where_kept();
}

}  // namespace infodiet::tools
