#include "tools/simulate/compare_policies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "rl/environments/optimum.hpp"
#include "tools/simulate/accuracy.hpp"
#include "tools/simulate/bounds.hpp"
#include "tools/simulate/learning.hpp"
#include "tools/simulate/seeds.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/spark.hpp"

namespace infodiet::tools {

namespace {

// The stored agent, or null if there is none and all policies were requested.
std::shared_ptr<const rl::AgentModel> stored_agent(SimulationRun& run, bool all) {
  const Stage& stage = run.stage();
  const bool stored =
      run.db() != nullptr &&
      recsys::find_model(*run.db(), recsys::agent_model(stage.name), recsys::ModelState::published).has_value();
  if (all && !stored) {
    run.console().note("agent is left out: none is trained here; add --learn");
    return nullptr;
  }
  if (run.db() == nullptr) throw recsys::DataError("there is no database with an agent: give --learn, or --db FILE");
  const rl::StoredAgent agent =
      rl::load_agent(*run.db(), stage.name, stage.world ? stage.world->topics : std::vector<std::string>());
  run.console().note(fmt::format("the agent learned in {}", agent.settings));
  return agent.model;
}

// The agent's learning curve.
std::string course_text(const std::vector<double>& curve) {
  constexpr std::size_t longest_course = 40;
  // Single updates vary, so both ends are means over a tenth of them.
  const auto tenth = static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, curve.size() / 10));
  const auto mean = [&](auto first) { return std::accumulate(first, first + tenth, 0.0) / static_cast<double>(tenth); };
  return fmt::format("the agent's return while it learned  {}  {:.2f} to {:.2f}", spark_line(curve, longest_course),
                     mean(curve.begin()), mean(curve.end() - tenth));
}

// The requested policies, and the agent's training, if any.
struct Cast {
  std::vector<NamedPolicy> policies;
  std::optional<LearnedAgent> learned;
  std::optional<rl::HeldOutHits> hits;  // of the agent, in catalogue
};

Cast cast_of(SimulationRun& run, const rl::Optimum* optimum) {
  const SimulationSetup& request = run.request();
  // All learners get the same number of sessions with the same rewards.
  const rl::AgentTraining training = run.training();
  const Given given{.sessions = training.sessions_in(run.stage().environment->shape()), .reward = training.reward};
  const rl::PolicySources sources{*run.stage().environment, optimum,     run.pool(), run.seed(),
                                  given.sessions,           given.reward};
  const bool all = request.policies == "all";
  Cast cast;
  for (const std::string& name : policy_names(request)) {
    if (name != agent_name) {
      if (const auto obstacle = all ? rl::policy_obstacle(name, sources) : std::nullopt) {
        run.console().note(fmt::format("{} is left out: {}", name, *obstacle));
      } else {
        const bool learns = rl::known_policy(name).learns;
        cast.policies.push_back(
            {name, rl::make_policy(name, sources), learns ? std::optional<Given>(given) : std::nullopt});
      }
      continue;
    }
    if (request.learn) {
      cast.learned = learn_agent(
          run.stage(), {.training = training, .db = run.db(), .resume = request.resume, .processes = run.processes()},
          run.pool(), run.console());
    }
    if (const auto model = cast.learned ? cast.learned->model : stored_agent(run, all)) {
      cast.policies.push_back({name, std::make_shared<rl::AgentPolicy>(model, rl::SlateRule::best),
                               cast.learned ? std::optional<Given>(given) : std::nullopt});
      cast.hits = AgentAccuracy(run).of(model);
    }
  }
  return cast;
}

// The seeds after the agent's own; empty if there is only one.
std::vector<SeedResult> seeds_of(SimulationRun& run, const Cast& cast, const rl::Optimum* optimum) {
  std::vector<SeedResult> seeds;
  if (!cast.learned || run.request().seeds < 2) return seeds;
  seeds.push_back(seed_result(run, *cast.learned, run.seed(), optimum));
  learn_from_more_seeds(run, optimum, seeds);
  return seeds;
}

Json learning_json(const Cast& cast, const rl::Optimum* optimum) {
  if (!cast.learned || optimum == nullptr) return nullptr;
  const auto summary = rl::summarise_curve(cast.learned->progress.curve, *optimum);
  if (!summary) return nullptr;
  return {{"updates_to_95", summary->updates_to_95 ? Json(*summary->updates_to_95) : Json(nullptr)},
          {"area", summary->area}};
}

struct Findings {
  Bounds bounds;
  std::vector<PolicyResult> results;
  std::vector<SeedResult> seeds;
};

void print(const SimulationRun& run, const Findings& findings, const Cast& cast, const rl::Optimum* optimum) {
  const SimulationSetup& request = run.request();
  const Console& console = run.console();
  console.print(fmt::format("{}: {} {} with {} {} of {} steps", run.stage().name, request.users,
                            request.users == 1 ? "person" : "people", request.sessions,
                            request.sessions == 1 ? "session" : "sessions", run.stage().environment->shape().steps));
  print_results(console, findings.results);
  if (cast.learned) console.print(course_text(cast.learned->progress.curve));
  if (cast.hits) {
    console.print_prose(
        fmt::format("the agent's lists of {} contain {:.3f} of the held-out items, the recommender's {:.3f}",
                    rl::held_out_list, cast.hits->agent, cast.hits->recommender));
  }
  if (!findings.seeds.empty()) {
    print_seeds(console, findings.seeds, run.training().sessions_in(run.stage().environment->shape()));
  }
  if (optimum != nullptr) {
    print_way(console, *optimum);
  }
  if (const auto sentence = bound_sentence(findings.bounds)) console.print_prose(*sentence);
  run.print_where_kept();
}

}  // namespace

void print_way(const Console& console, const rl::Optimum& optimum) {
  console.print_prose(
      fmt::format("computed: optimum {:.3f}, greedy {:.3f}, random {:.3f}; percentages go from random (0) to the "
                  "optimum (100): below 0 is worse than random, and by chance a policy may lie a little beyond either",
                  optimum.value, optimum.greedy, optimum.random));
}

Json optimum_json(const rl::Optimum* optimum) {
  if (optimum == nullptr) return nullptr;
  return Json{
      {"value", optimum->value}, {"greedy", optimum->greedy}, {"random", optimum->random}, {"error", optimum->error}};
}

std::vector<PolicyResult> run_policies(SimulationRun& run, const std::vector<NamedPolicy>& policies,
                                       const Ceiling& ceiling) {
  std::vector<std::string> names;
  names.reserve(policies.size());
  for (const NamedPolicy& policy : policies) names.push_back(policy.name);
  run.begin(names);
  std::vector<PolicyResult> results;
  Progress progress(run.console(), "simulating", policies.size());
  for (const NamedPolicy& policy : policies) {
    results.push_back(run.run(policy, *run.stage().environment, ceiling));
    progress.update(results.size());
  }
  return results;
}

void compare_policies(SimulationRun& run) {
  const std::shared_ptr<const rl::Optimum> optimum = run.stage().environment->solve();
  const Cast cast = cast_of(run, optimum.get());
  Findings findings{.bounds = find_bounds(run.stage(), run.plan(), run.pool()),
                    .results = {},
                    .seeds = seeds_of(run, cast, optimum.get())};
  findings.results = run_policies(run, cast.policies, {.optimum = optimum.get(), .bounds = findings.bounds.sessions});

  Json rows = Json::array();
  for (const PolicyResult& result : findings.results) rows.push_back(to_json(result));
  Json seeds = Json::array();
  for (const SeedResult& seed : findings.seeds) seeds.push_back(to_json(seed));
  Json document{{"policies", std::move(rows)},
                {"curve", cast.learned ? Json(cast.learned->progress.curve) : Json(nullptr)},
                {"optimum", optimum_json(optimum.get())},
                {"bound", bound_json(findings.bounds)},
                {"no_bound", findings.bounds.obstacle ? Json(*findings.bounds.obstacle) : Json(nullptr)},
                {"learning", learning_json(cast, optimum.get())},
                {"seeds", std::move(seeds)}};
  Json& hits = document[fmt::format("hr@{}", rl::held_out_list)];
  if (cast.hits) hits = {{"agent", cast.hits->agent}, {"recommender", cast.hits->recommender}};
  run.finish(document);
  if (run.console().json()) {
    Json shown{{"run", run.number()}, {"environment", run.stage().name}};
    shown.update(document);
    run.console().print_json(shown);
    return;
  }
  print(run, findings, cast, optimum.get());
}

}  // namespace infodiet::tools
