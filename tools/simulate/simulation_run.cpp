#include "tools/simulate/simulation_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/slates.hpp"
#include "rl/environments/registry.hpp"
#include "rl/policies/exploring.hpp"
#include "rl/policies/registry.hpp"
#include "rl/runs/slate_keeper.hpp"
#include "tools/cli/options.hpp"

namespace infodiet::tools {

namespace {

std::optional<recsys::Database> open_database(const SimulationSetup& request, const Context& context) {
  const std::string& path = context.shared.database;
  std::optional<recsys::Database> db;
  if (rl::known_environment(request.environment).of_data() || std::filesystem::exists(path)) {
    db.emplace(path, recsys::OpenMode::read_write);
  } else {
    context.console.note(
        fmt::format("{} does not exist, so nothing is stored: make a database with 'infodiet sample'", path));
  }
  return db;
}

// Versions that determine a policy's slates: "explore=0.1 recommender=7 agent=9", models by id.
std::string versions_of(const SimulationSetup& request, const recsys::Database& db, const std::string& environment,
                        const std::string& policy) {
  std::vector<std::string> parts;
  const auto add_model = [&](std::string_view what, std::string_view name) {
    const auto model = recsys::find_model(db, name, recsys::ModelState::published);
    if (model) parts.push_back(fmt::format("{}={}", what, model->id));
  };
  if (request.explore > 0) parts.push_back(fmt::format("explore={}", request.explore));
  if (rl::known_environment(environment).of_data()) add_model("recommender", recsys::attention_model);
  if (policy.starts_with(agent_name)) add_model("agent", recsys::agent_model(environment));
  return fmt::format("{}", fmt::join(parts, " "));
}

Stage stage_of(const SimulationSetup& request, const recsys::Database* db) {
  std::optional<rl::RewardWeights> reward;
  if (request.reward) reward = rl::parse_reward(*request.reward);
  return make_stage(request.environment, request.settings ? split_list(*request.settings) : std::vector<std::string>(),
                    reward, db);
}

}  // namespace

SimulationRun::SimulationRun(const SimulationSetup& request, const Context& context)
    : request_(request),
      context_(context),
      db_(open_database(request, context)),
      pool_(context.shared.threads),
      stage_(stage_of(request, db())),
      plan_{.seed = context.shared.seed,
            .first = static_cast<std::uint32_t>(request.first * request.sessions),
            .count = request.users * request.sessions,
            .sessions_each = static_cast<std::uint32_t>(request.sessions)} {}

rl::RunRecord record_of(const SimulationSetup& request, const SharedOptions& shared, const Stage& stage,
                        const std::vector<std::string>& policies) {
  const rl::AgentTraining agent = training(request, shared.seed);
  const Json configuration = {
      {"settings", stage.settings},
      {"first", request.first},
      {"users", request.users},
      {"sessions", request.sessions},
      {"explore", request.explore},
      {"sweep", request.sweep ? Json(*request.sweep) : Json(nullptr)},
      {"seeds", request.seeds},
      {"updates", request.updates},
      {"learn_from", request.learn_from},
      {"agent", engine::parse_json<Json>(recsys::settings_json(rl::AgentTraining::settings(), agent))}};
  return {.command = command_line(request, shared),
          .configuration = engine::json_text(configuration),
          .seed = shared.seed,
          .environment = stage.name,
          .policies = engine::json_text(Json(policies)),
          .reward = stage.reward ? recsys::settings_json(rl::RewardWeights::settings(), *stage.reward) : "null"};
}

void SimulationRun::begin(const std::vector<std::string>& policies) {
  if (!db_ || request_.keep == "nothing") return;
  writer_.emplace(*db_, record_of(request_, context_.shared, stage_, policies), kept(request_), stage_.ids());
}

void SimulationRun::keep_slates(const NamedPolicy& policy, const rl::Environment& environment) {
  const rl::StoredIds ids = stage_.ids();
  recsys::SlateWriter slates(*db_,
                             {.source = recsys::SlateSource::run,
                              .run = writer_->run(),
                              .policy = policy.name,
                              .version = versions_of(request_, *db_, stage_.name, policy.name),
                              .ordered = rl::keeps_order(environment),
                              .names = ids.items.empty() ? recsys::SlateNames::numbers : recsys::SlateNames::items});
  rl::keep_slates(environment, *policy.policy, plan_, ids, slates);
}

// Null where only this process can run it: it takes the data set, what a policy has learned here, or all steps are
// kept.
std::optional<rl::RunJob> SimulationRun::job_for(const NamedPolicy& policy, const rl::Environment& environment) const {
  if (&environment != stage_.environment.get() || stage_.world != nullptr || request_.keep == "steps") return {};
  rl::RunJob job{.processes = context_.processes,
                 .environment = stage_.name,
                 .settings = stage_.settings,
                 .explore = request_.explore};
  if (const auto* agent = dynamic_cast<const rl::AgentPolicy*>(policy.policy.get())) {
    job.agent = agent->model();
    return job;
  }
  for (const rl::KnownPolicy& known : rl::known_policies()) {
    if (known.name != policy.name || known.learns) continue;
    job.policy = policy.name;
    return job;
  }
  return {};
}

PolicyResult SimulationRun::run(const NamedPolicy& policy, const rl::Environment& environment, const Ceiling& ceiling) {
  NamedPolicy shown = policy;
  if (request_.explore > 0) shown.policy = std::make_shared<rl::ExploringPolicy>(policy.policy, request_.explore);
  const std::optional<rl::RunJob> job = job_for(policy, environment);
  PolicyResult result =
      run_policy(shown, {environment, ceiling, plan_}, pool_, writer_ ? &*writer_ : nullptr, job ? &*job : nullptr);
  if (writer_ && request_.keep == "steps") keep_slates(shown, environment);
  return result;
}

void SimulationRun::finish(const Json& metrics) {
  if (writer_) writer_->finish(engine::json_text(metrics));
}

Json SimulationRun::number() const {
  return writer_ ? Json(writer_->run()) : Json(nullptr);
}

void SimulationRun::print_where_kept() const {
  if (writer_) console().print(fmt::format("stored as run {}", writer_->run()));
}

}  // namespace infodiet::tools
