#include "tools/simulate/seeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "tools/simulate/compare_policies.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools {

namespace {

// The 97.5 % quantiles of Student's t with 1, 2, ... degrees of freedom; beyond, it is close to the normal's.
double student(std::size_t freedom) {
  constexpr std::array points{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                              2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086};
  return freedom <= points.size() ? points[freedom - 1] : 2.0;
}

std::string number_text(const std::optional<std::size_t>& number) {
  return number ? std::to_string(*number) : "never";
}

}  // namespace

Interval interval(std::span<const double> values) {
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  if (values.size() < 2) return {mean, 0};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, student(values.size() - 1) * std::sqrt(squares / (n - 1) / n)};
}

SeedResult seed_result(SimulationRun& run, const LearnedAgent& agent, std::uint64_t seed, const rl::Optimum* optimum) {
  const NamedPolicy policy{std::string(agent_name),
                           std::make_shared<rl::AgentPolicy>(agent.model, rl::SlateRule::best)};
  const PolicyResult result =
      run_policy(policy, {*run.stage().environment, {.optimum = optimum}, run.plan()}, run.pool(), nullptr);
  SeedResult seeded{.seed = seed, .earned = result.earned, .percent = result.percent, .cpu_seconds = agent.cpu_seconds};
  if (optimum != nullptr) seeded.curve = rl::summarise_curve(agent.progress.curve, *optimum);
  return seeded;
}

void learn_from_more_seeds(SimulationRun& run, const rl::Optimum* optimum, std::vector<SeedResult>& results) {
  for (std::uint64_t seed = run.seed() + 1; seed < run.seed() + run.request().seeds; ++seed) {
    rl::AgentTraining training = run.training();
    training.seed = seed;
    const LearnedAgent agent = learn_agent(
        run.stage(), {.training = training, .publish = false, .processes = run.processes()}, run.pool(), run.console());
    results.push_back(seed_result(run, agent, seed, optimum));
  }
}

Json to_json(const SeedResult& result) {
  Json json{{"seed", result.seed},
            {"return", result.earned.mean},
            {"return_stderr", result.earned.standard_error},
            {"percent_of_optimum", result.percent ? Json(result.percent->mean) : Json(nullptr)},
            {"updates_to_95", nullptr},
            {"area", nullptr},
            {"cpu_seconds", result.cpu_seconds}};
  if (!result.curve) return json;
  if (result.curve->updates_to_95) json["updates_to_95"] = *result.curve->updates_to_95;
  json["area"] = result.curve->area;
  return json;
}

void print_seeds(const Console& console, const std::vector<SeedResult>& results, std::size_t sessions) {
  std::vector<Column> columns{{.title = "seed"}};
  for (const char* title : {"return", "% of optimum", "updates to 95 %", "area", "CPU s"}) {
    columns.push_back({.title = title, .align = Align::right});
  }
  Table table(columns);
  std::vector<double> percents;
  std::vector<double> returns;
  std::vector<double> areas;
  std::vector<double> seconds;
  for (const SeedResult& result : results) {
    table.add({std::to_string(result.seed), fmt::format("{:.3f}", result.earned.mean),
               result.percent ? fmt::format("{:.2f}", result.percent->mean) : "",
               result.curve ? number_text(result.curve->updates_to_95) : "",
               result.curve ? fmt::format("{:.1f}", result.curve->area) : "",
               fmt::format("{:.1f}", result.cpu_seconds)});
    returns.push_back(result.earned.mean);
    seconds.push_back(result.cpu_seconds);
    if (result.percent) percents.push_back(result.percent->mean);
    if (result.curve) areas.push_back(result.curve->area);
  }
  const auto text = [](const std::vector<double>& values, int digits) {
    if (values.empty()) return std::string();
    const Interval all = interval(values);
    return fmt::format("{:.{}f} +- {:.{}f}", all.mean, digits, all.half, digits);
  };
  table.add({"all", text(returns, 3), text(percents, 2), "", text(areas, 1), text(seconds, 1)});
  table.print(console);
  console.print_prose(
      fmt::format("each seed learned from {} sessions; area: 1 - (% of optimum) / 100, summed over updates; +-: "
                  "half of a 95 % interval over seeds",
                  sessions));
}

}  // namespace infodiet::tools
