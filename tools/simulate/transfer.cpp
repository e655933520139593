#include "tools/simulate/transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "recsys/errors.hpp"
#include "rl/environments/registry.hpp"
#include "tools/simulate/compare_policies.hpp"
#include "tools/simulate/learning.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools {

namespace {

// An environment with its optimum.
struct TestedWorld {
  MovedWorld world;
  Stage stage;
  std::shared_ptr<const rl::Optimum> optimum;
};

// (trained, tested) percent_of_optimum; null if the agent does not fit the tested world.
using TransferMatrix = std::vector<std::vector<std::optional<rl::Estimate>>>;

std::vector<TestedWorld> worlds_of(SimulationRun& run) {
  std::vector<TestedWorld> worlds;
  for (MovedWorld& world : moved_worlds(run.stage().name, run.stage().settings)) {
    try {
      Stage stage = make_stage(run.stage().name, world.settings, std::nullopt, nullptr);
      std::shared_ptr<const rl::Optimum> optimum = stage.environment->solve();
      worlds.push_back({std::move(world), std::move(stage), std::move(optimum)});
    } catch (const recsys::SettingError& error) {
      run.console().note(fmt::format("{} is left out: {}", world.name, error.what()));
    }
  }
  return worlds;
}

TransferMatrix learn_and_test(SimulationRun& run, const std::vector<TestedWorld>& worlds) {
  const Console silent({.json = run.console().json(), .quiet = true});
  TransferMatrix matrix;
  Progress progress(run.console(), "learning", worlds.size());
  for (const TestedWorld& home : worlds) {
    const LearnedAgent agent = learn_agent(
        home.stage, {.training = run.training(), .publish = false, .processes = run.processes()}, run.pool(), silent);
    const NamedPolicy policy{std::string(agent_name),
                             std::make_shared<rl::AgentPolicy>(agent.model, rl::SlateRule::best)};
    std::vector<std::optional<rl::Estimate>>& row = matrix.emplace_back();
    for (const TestedWorld& away : worlds) {
      const bool fits = away.stage.environment->shape().topics == home.stage.environment->shape().topics;
      row.push_back(fits ? run_policy(policy, {*away.stage.environment, {.optimum = away.optimum.get()}, run.plan()},
                                      run.pool(), nullptr)
                               .percent
                         : std::nullopt);
    }
    progress.update(matrix.size());
  }
  return matrix;
}

Json matrix_json(const std::vector<TestedWorld>& worlds, const TransferMatrix& matrix) {
  Json named = Json::array();
  for (const TestedWorld& tested : worlds) {
    named.push_back({{"name", tested.world.name},
                     {"settings", tested.world.settings},
                     {"optimum", optimum_json(tested.optimum.get())}});
  }
  Json rows = Json::array();
  for (const auto& row : matrix) {
    Json cells = Json::array();
    for (const auto& cell : row) {
      cells.push_back(cell ? Json{{"percent_of_optimum", cell->mean}, {"percent_stderr", cell->standard_error}}
                           : Json(nullptr));
    }
    rows.push_back(std::move(cells));
  }
  return Json{{"worlds", std::move(named)}, {"matrix", std::move(rows)}};
}

void print_matrix(const Console& console, const std::vector<TestedWorld>& worlds, const TransferMatrix& matrix) {
  std::vector<Column> columns{{.title = "learned in"}};
  for (const TestedWorld& tested : worlds) columns.push_back({.title = tested.world.name, .align = Align::right});
  Table table(columns);
  for (std::size_t i = 0; i < worlds.size(); ++i) {
    std::vector<std::string> cells{worlds[i].world.name};
    for (const auto& cell : matrix[i]) cells.push_back(cell ? fmt::format("{:.1f}", cell->mean) : "");
    table.add(std::move(cells));
  }
  table.print(console);
  console.print_prose("columns: the tested world; % from random (0) to that world's optimum (100)");
}

}  // namespace

std::vector<MovedWorld> moved_worlds(const std::string& environment, const std::vector<std::string>& settings) {
  const std::vector<recsys::SettingInfo>& known = rl::known_environment(environment).settings;
  std::vector<double> values;
  values.reserve(known.size());
  for (const recsys::SettingInfo& setting : known) values.push_back(setting.value);
  std::vector<bool> named(known.size(), false);
  for (const std::string& assignment : settings) {
    const auto [index, value] = recsys::read_assignment(environment, known, assignment);
    values[index] = value;
    named[index] = true;
  }
  std::vector<MovedWorld> worlds{{"as given", settings}};
  for (std::size_t i = 0; i < known.size(); ++i) {
    const bool real = known[i].kind == recsys::SettingKind::real;
    if (settings.empty() ? !real : !named[i]) continue;
    for (const double factor : {0.75, 1.25}) {
      const double moved = std::clamp(factor * values[i], known[i].low, known[i].high);
      constexpr double digits = 1e6;
      const double value = real ? std::round(digits * moved) / digits : std::round(moved);
      if (value == values[i]) continue;
      const std::string name = fmt::format("{}={}", known[i].name, recsys::value_text(known[i], value));
      worlds.push_back({name, settings});
      worlds.back().settings.push_back(name);
    }
  }
  return worlds;
}

void run_transfer(SimulationRun& run) {
  const std::vector<TestedWorld> worlds = worlds_of(run);
  const TransferMatrix matrix = learn_and_test(run, worlds);
  run.begin({std::string(agent_name)});
  Json result = matrix_json(worlds, matrix);
  run.finish(result);
  if (run.console().json()) {
    Json document{{"run", run.number()}, {"environment", run.stage().name}};
    document.update(result);
    run.console().print_json(document);
    return;
  }
  print_matrix(run.console(), worlds, matrix);
  run.print_where_kept();
}

}  // namespace infodiet::tools
