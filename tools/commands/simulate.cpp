#include "tools/commands/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "recsys/errors.hpp"
#include "recsys/store/model_store.hpp"
#include "rl/environments/catalogue.hpp"
#include "rl/environments/registry.hpp"
#include "rl/errors.hpp"
#include "rl/optima/optimum.hpp"
#include "tools/errors.hpp"
#include "tools/learning.hpp"
#include "tools/progress.hpp"
#include "tools/table.hpp"

namespace infodiet::tools {

namespace {

constexpr std::string_view agent_name = "agent";
constexpr std::size_t most_users = 10000000;

std::string environments_help() {
  std::string text;
  for (const rl::KnownEnvironment& known : rl::known_environments()) {
    text += fmt::format("\n\n{}: {}\nSettings:", known.name, known.assumptions);
    for (const rl::ParameterInfo& parameter : known.parameters) {
      text += fmt::format("\n  {} ({}): {}", parameter.name, parameter.value, parameter.meaning);
    }
  }
  text += "\n\nPolicies:";
  for (const rl::KnownPolicy& known : rl::known_policies())
    text += fmt::format("\n  {}: {}", known.name, known.meaning);
  text += "\n  agent: attention between candidates and the session so far, learned by policy gradient";
  text += "\n\nTerms of the reward, for each item consumed:";
  for (const auto& term : rl::RewardWeights::parameters()) text += fmt::format("\n  {}: {}", term.name, term.meaning);
  return text;
}

std::string reward_text(const rl::RewardWeights& reward) {
  Json json = Json::object();
  for (const auto& term : rl::RewardWeights::parameters()) json[std::string(term.name)] = term.get(reward);
  return json.dump();
}

}  // namespace

/// What one run of the command works with.
struct SimulateCommand::Session {
  std::optional<recsys::Database> db;
  engine::ThreadPool pool;
  Stage stage;
  std::shared_ptr<const rl::Optimum> optimum;
  rl::SessionPlan plan;

  std::optional<rl::RunWriter> writer;

  rl::RunWriter* writer_or_null() { return writer ? &*writer : nullptr; }
};

void SimulateCommand::setup(CommandSpec& spec) {
  spec.description =
      "Puts simulated people before a feed and shows what each policy of choosing items earns and what it does to "
      "their diets, beside the computed optimum where there is one. Every policy meets the same people with the same "
      "luck. The run, its sessions and their steps are kept in the database. What is assumed of people:" +
      environments_help();
  spec.example = "infodiet simulate --db world.db --environment catalogue --reward engagement=1,diversity=0.5 --learn";
  spec.options.text({.name = "environment",
                     .value = "NAME",
                     .help = "where: choc-kale, satiation, exploration or catalogue",
                     .required = true},
                    environment_);
  spec.options.text({.name = "set", .value = "NAME=VALUE,...", .help = "change settings of the environment"},
                    settings_);
  spec.options.text({.name = "policy", .value = "NAME,...", .help = "what chooses the items; all: every one there is"},
                    policies_);
  spec.options.integer({.name = "users", .value = "N", .help = "people to simulate"}, users_,
                       {.minimum = 1, .maximum = most_users});
  spec.options.integer({.name = "sessions", .value = "N", .help = "sessions of each"}, sessions_,
                       {.minimum = 1, .maximum = 100000});
  spec.options.text({.name = "reward",
                     .value = "TERM=W,...",
                     .help = "what the feed is made to want, in catalogue (engagement=1 if not given)"},
                    reward_);
  spec.options.text({.name = "sweep",
                     .value = "TERM=A:B:STEP",
                     .help = "let the agent learn with each weight of a term, beside mmr and calibrated"},
                    sweep_);
  spec.options.flag({.name = "learn", .help = "let the agent learn first, and publish it"}, learn_);
  spec.options.flag({.name = "resume", .help = "go on with the learning that was interrupted"}, resume_);
  spec.options.integer({.name = "updates", .value = "N", .help = "how long the agent learns"}, updates_,
                       {.minimum = 1, .maximum = 1000000});
  spec.options.integer({.name = "first", .value = "N", .help = "number of the first person, to replay some of a run"},
                       first_, {.minimum = 0, .maximum = most_users});
  spec.options.choice(
      {.name = "keep",
       .value = "WHAT",
       .help = fmt::format("what to store: every session with all steps, with the steps of the first {} "
                           "of each policy, sessions alone, or nothing",
                           rl::sampled_sessions)},
      keep_, {"steps", "samples", "sessions", "nothing"});
}

void SimulateCommand::check_options() const {
  if (sweep_ && environment_ != rl::CatalogueEnvironment::id) {
    throw UsageError("--sweep changes a term of the reward, which only --environment catalogue takes");
  }
  if (sweep_ && (learn_ || resume_)) {
    throw UsageError("--sweep lets an agent learn for every weight by itself: leave out --learn and --resume");
  }
  if (sweep_) {
    parse_sweep(*sweep_);
    swept_policies();
  }
  if (resume_ && !learn_) throw UsageError("--resume goes on learning: give --learn too");
  if ((first_ + users_) * sessions_ > std::numeric_limits<std::int32_t>::max() / 2) {
    throw UsageError(
        fmt::format("--users {} with --sessions {}: at most a thousand million sessions a run", users_, sessions_));
  }
}

rl::Keep SimulateCommand::kept() const {
  if (keep_ == "steps") return rl::Keep::steps;
  return keep_ == "samples" ? rl::Keep::samples : rl::Keep::sessions;
}

rl::AgentTraining SimulateCommand::training(const Context& context) const {
  return {.seed = context.shared.seed, .updates = updates_};
}

std::vector<std::string> SimulateCommand::policy_names() const {
  std::vector<std::string> known;
  for (const rl::KnownPolicy& policy : rl::known_policies()) known.emplace_back(policy.name);
  known.emplace_back(agent_name);
  if (policies_ == "all") return known;
  std::vector<std::string> names = split_list(policies_);
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::find(known.begin(), known.end(), *name) == known.end()) {
      throw rl::SettingError(fmt::format("--policy: there is no policy \"{}\": expected all, or some of {}", *name,
                                         fmt::join(known, ", ")));
    }
    if (std::find(names.begin(), name, *name) != name) {
      throw UsageError(fmt::format("--policy: {} is given twice", *name));
    }
  }
  if (learn_ && std::find(names.begin(), names.end(), agent_name) == names.end()) names.emplace_back(agent_name);
  return names;
}

std::vector<std::string> SimulateCommand::swept_policies() const {
  std::vector<std::string> swept;
  for (const std::string& name : policy_names()) {
    if (name == agent_name || name == "mmr" || name == "calibrated") swept.push_back(name);
  }
  if (swept.empty() || (policies_ != "all" && swept.size() != policy_names().size())) {
    throw UsageError("--sweep: --policy is some of agent, mmr and calibrated: others have nothing to sweep");
  }
  return swept;
}

std::string SimulateCommand::command_line(const Context& context) const {
  std::string text = fmt::format("infodiet simulate --environment {} --policy {} --users {} --sessions {} --seed {}",
                                 environment_, policies_, users_, sessions_, context.shared.seed);
  if (settings_) text += " --set " + *settings_;
  if (reward_) text += " --reward " + *reward_;
  if (sweep_) text += " --sweep " + *sweep_;
  if (learn_) text += " --learn";
  if (first_ > 0) text += fmt::format(" --first {}", first_);
  if (learn_ || sweep_) text += fmt::format(" --updates {}", updates_);
  return text;
}

rl::RunRecord SimulateCommand::record(const Context& context, const Stage& stage,
                                      const std::vector<std::string>& names) const {
  const Json configuration = {{"settings", stage.settings},
                              {"first", first_},
                              {"users", users_},
                              {"sessions", sessions_},
                              {"sweep", sweep_ ? Json(*sweep_) : Json(nullptr)},
                              {"updates", updates_}};
  return {.command = command_line(context),
          .configuration = configuration.dump(),
          .seed = context.shared.seed,
          .environment = stage.name,
          .policies = Json(names).dump(),
          .reward = stage.reward ? reward_text(*stage.reward) : "null"};
}

ExitCode SimulateCommand::run(const Context& context) {
  check_options();
  const std::vector<std::string> names = policy_names();
  rl::known_environment(environment_);
  std::optional<rl::RewardWeights> reward;
  if (reward_) reward = rl::parse_reward(*reward_);

  // Small environments need no data: without a database they run all the same.
  std::optional<recsys::Database> db;
  const bool needs_data = environment_ == rl::CatalogueEnvironment::id;
  if (needs_data || std::filesystem::exists(context.shared.database)) {
    db.emplace(context.shared.database, recsys::OpenMode::read_write);
  } else {
    context.console.note(fmt::format("{} is not there, so nothing is kept: 'infodiet sample' makes a database",
                                     context.shared.database));
  }
  Stage stage = make_stage(environment_, settings_ ? split_list(*settings_) : std::vector<std::string>(), reward,
                           db ? &*db : nullptr);
  Session session{.db = std::move(db),
                  .pool = engine::ThreadPool(context.shared.threads),
                  .stage = std::move(stage),
                  .optimum = nullptr,
                  .plan = {.seed = context.shared.seed,
                           .first = static_cast<std::uint32_t>(first_ * sessions_),
                           .count = users_ * sessions_,
                           .sessions_each = static_cast<std::uint32_t>(sessions_)},
                  .writer = {}};
  return sweep_ ? run_sweep(context, session) : run_policies(context, session);
}

ExitCode SimulateCommand::run_policies(const Context& context, Session& session) {
  const Console& console = context.console;
  const Stage& stage = session.stage;
  session.optimum = stage.environment->solve();
  const rl::PolicySources sources{*stage.environment, session.optimum.get(), session.pool, context.shared.seed};

  std::optional<LearnedAgent> learned;
  std::vector<std::pair<std::string, std::shared_ptr<const rl::Policy>>> policies;
  for (const std::string& name : policy_names()) {
    const bool all = policies_ == "all";
    if (name != agent_name) {
      const auto obstacle = all ? rl::policy_obstacle(name, sources) : std::nullopt;
      if (obstacle) {
        console.note(fmt::format("{} is left out: {}", name, *obstacle));
      } else {
        policies.emplace_back(name, rl::make_policy(name, sources));
      }
      continue;
    }
    std::shared_ptr<const rl::AgentModel> model;
    if (learn_) {
      learned = learn_agent(
          stage, {.training = training(context), .db = session.db ? &*session.db : nullptr, .resume = resume_},
          session.pool, console);
      model = learned->model;
    } else {
      const bool stored =
          session.db &&
          recsys::find_model(*session.db, "agent/" + stage.name, recsys::ModelState::published).has_value();
      if (all && !stored) {
        console.note("agent is left out: none has learned here; --learn makes one");
        continue;
      }
      if (!session.db) throw recsys::DataError("there is no database with an agent: give --learn, or --db FILE");
      const rl::StoredAgent agent =
          rl::load_agent(*session.db, stage.name, stage.world ? stage.world->topics : std::vector<std::string>());
      console.note(fmt::format("the agent learned in {}", agent.settings));
      model = agent.model;
    }
    policies.emplace_back(name, std::make_shared<rl::AgentPolicy>(model, rl::SlateRule::best));
  }

  std::vector<std::string> names;
  for (const auto& [name, policy] : policies) names.push_back(name);
  if (session.db && keep_ != "nothing") {
    session.writer.emplace(*session.db, record(context, stage, names), kept(), stage.ids());
  }
  std::vector<PolicyResult> results;
  Progress progress(console, "simulating", policies.size());
  for (const auto& [name, policy] : policies) {
    results.push_back(run_policy(name, *policy, *stage.environment, session.optimum.get(), session.plan, session.pool,
                                 session.writer_or_null()));
    progress.update(results.size());
  }

  Json rows = Json::array();
  for (const PolicyResult& result : results) rows.push_back(to_json(result));
  Json curve = learned ? Json(learned->progress.curve) : Json(nullptr);
  if (session.writer) session.writer->finish(Json{{"policies", rows}, {"curve", curve}}.dump());
  if (console.json()) {
    Json result = {{"run", session.writer ? Json(session.writer->run()) : Json(nullptr)},
                   {"environment", stage.name},
                   {"optimum", nullptr}};
    if (session.optimum) {
      result["optimum"] = {{"value", session.optimum->value},
                           {"greedy", session.optimum->greedy},
                           {"random", session.optimum->random},
                           {"error", session.optimum->error}};
    }
    result["policies"] = std::move(rows);
    result["curve"] = std::move(curve);
    console.print_json(result);
    return ExitCode::done;
  }
  console.print(fmt::format("{}: {} people with {} sessions of {} steps", stage.name, users_, sessions_,
                            stage.environment->shape().steps));
  print_results(console, results);
  if (session.optimum) {
    console.print(fmt::format("computed: optimum {:.3f}, greedy {:.3f}, random {:.3f}", session.optimum->value,
                              session.optimum->greedy, session.optimum->random));
  }
  if (session.writer) console.print(fmt::format("kept as run {}", session.writer->run()));
  return ExitCode::done;
}

ExitCode SimulateCommand::run_sweep(const Context& context, Session& session) {
  const Console& console = context.console;
  const Sweep sweep = parse_sweep(*sweep_);
  const std::vector<std::string> names = swept_policies();
  if (keep_ != "nothing") {
    session.writer.emplace(*session.db, record(context, session.stage, names), kept(), session.stage.ids());
  }

  std::vector<SweepPoint> points;
  Progress progress(console, "sweeping", names.size() * sweep.weights.size());
  const rl::RewardWeights base = *session.stage.reward;
  for (const std::string& name : names) {
    for (std::size_t i = 0; i < sweep.weights.size(); ++i) {
      double setting = sweep.weights[i];
      std::shared_ptr<const rl::Policy> policy;
      Stage stage = session.stage;
      if (name == agent_name) {
        stage = with_reward(stage, with_weight(base, sweep.term, setting), *session.db);
        const LearnedAgent agent = learn_agent(stage, {.training = training(context), .publish = false}, session.pool,
                                               Console({.json = console.json(), .quiet = true}));
        policy = std::make_shared<rl::AgentPolicy>(agent.model, rl::SlateRule::best);
      } else {
        // From relevance alone to variety or balance alone, in as many steps.
        setting = static_cast<double>(i) / static_cast<double>(std::max<std::size_t>(1, sweep.weights.size() - 1));
        const rl::PolicyOptions options{.mmr = 1 - setting, .calibration = setting};
        policy = rl::make_policy(name, {*stage.environment, nullptr, session.pool}, options);
      }
      const std::string label = fmt::format("{}@{:g}", name, setting);
      points.push_back({name, setting,
                        run_policy(label, *policy, *stage.environment, nullptr, session.plan, session.pool,
                                   session.writer_or_null())});
      progress.update(points.size());
    }
  }

  std::vector<Column> columns = {{.title = "policy"},
                                 {.title = "setting", .align = Align::right},
                                 {.title = "return", .align = Align::right},
                                 {.title = "engagement", .align = Align::right},
                                 {.title = sweep.term, .align = Align::right},
                                 {.title = "+-", .align = Align::right},
                                 {.title = "topics", .align = Align::right},
                                 {.title = "above mmr", .align = Align::right},
                                 {.title = "above calibrated", .align = Align::right}};
  Table table(columns);
  Json rows = Json::array();
  const auto text = [](const std::optional<double>& value) { return value ? fmt::format("{:.3f}", *value) : ""; };
  const auto json = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  for (const SweepPoint& point : points) {
    const auto engagement = term_of(point, "engagement");
    const auto term = term_of(point, sweep.term);
    const rl::DietRecorder::Summary* topics = point.result.metric("consumed.effective_topics");
    const auto above = [&](const char* other) {
      return point.policy == other ? std::nullopt : above_frontier(point, points, other, sweep.term);
    };
    // Where nothing of the other's engages as much, there is nothing to be above of.
    const auto above_text = [&](const char* other) {
      const bool compared =
          point.policy != other && engagement && std::find(names.begin(), names.end(), other) != names.end();
      const std::optional<double> difference = above(other);
      return compared && !difference ? "beyond" : text(difference);
    };
    table.add({point.policy, fmt::format("{:g}", point.setting), fmt::format("{:.3f}", point.result.earned.mean),
               engagement ? text(engagement->mean) : "", term ? text(term->mean) : "",
               term ? text(term->standard_error) : "", topics == nullptr ? "" : text(topics->estimate.mean),
               above_text("mmr"), above_text("calibrated")});
    Json row = to_json(point.result);
    row["policy"] = point.policy;
    row["setting"] = point.setting;
    row["above_mmr"] = json(above("mmr"));
    row["above_calibrated"] = json(above("calibrated"));
    rows.push_back(std::move(row));
  }
  const bool monotone = never_falls(points, agent_name, sweep.term);
  if (session.writer) session.writer->finish(Json{{"points", rows}}.dump());
  if (console.json()) {
    console.print_json(Json{{"run", session.writer ? Json(session.writer->run()) : Json(nullptr)},
                            {"environment", session.stage.name},
                            {"term", sweep.term},
                            {"never_falls", monotone},
                            {"policies", std::move(rows)}});
    return ExitCode::done;
  }
  table.print(console);
  console.print(
      fmt::format("above: how much more {} than the other's frontier has at the same engagement; beyond: none "
                  "of the other's engages as much",
                  sweep.term));
  if (std::find(names.begin(), names.end(), agent_name) != names.end()) {
    console.print(fmt::format("the agent's {} {} as its weight grows (two standard errors)", sweep.term,
                              monotone ? "never falls" : "falls somewhere"));
  }
  if (session.writer) console.print(fmt::format("kept as run {}", session.writer->run()));
  return ExitCode::done;
}

}  // namespace infodiet::tools
