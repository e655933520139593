#include "tools/simulate/weeks_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/attention/defaults.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/load_dataset.hpp"
#include "rl/agent/model_file.hpp"
#include "rl/loop/loop_file.hpp"
#include "rl/policies/registry.hpp"
#include "rl/reward.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/options.hpp"
#include "tools/simulate/bounds.hpp"
#include "tools/terminal/interrupt.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools {

namespace {

// The default of weeks: with constant tastes there is no feedback loop. --set taste_drift=0 overrides it.
constexpr auto usual_drift = "taste_drift=0.02";

// The start of every feed, from one snapshot of the file.
struct Beginning {
  rl::DataWorld world;
  std::shared_ptr<const recsys::BlendedModel> model;
  std::int64_t model_id;
  std::int64_t forgotten_users;
  std::optional<rl::StoredAgent> agent;  // if it is among the feeds
};

Beginning load_beginning(const recsys::Database& db, const std::vector<std::string>& feeds) {
  const recsys::Snapshot snapshot(db);
  const auto published = recsys::published_attention(db);
  if (!published) {
    throw recsys::DataError(fmt::format(
        "{}: no model is trained yet, and --weeks needs one: run 'infodiet train --db {}'", db.path(), db.path()));
  }
  rl::DataWorld world = rl::load_data_world(db);
  std::shared_ptr<const recsys::BlendedModel> model = recsys::load_attention_model(db, world.data);
  std::optional<rl::StoredAgent> agent;
  if (std::find(feeds.begin(), feeds.end(), agent_name) != feeds.end()) {
    agent = rl::load_agent(db, rl::CatalogueEnvironment::id, world.topics);
  }
  return {.world = std::move(world),
          .model = std::move(model),
          .model_id = published->id,
          .forgotten_users = published->forgotten_users,
          .agent = std::move(agent)};
}

rl::LoopOptions loop_options(const SimulationSetup& request, std::uint64_t seed, const recsys::Dataset& data) {
  using rl::CatalogueEnvironment;
  std::vector<std::string> assignments{usual_drift};
  if (request.settings) {
    for (std::string& assignment : split_list(*request.settings)) assignments.push_back(std::move(assignment));
  }
  rl::LoopOptions options{.seed = seed, .people = request.users};
  options.catalogue = recsys::read_options(CatalogueEnvironment::id, CatalogueEnvironment::settings(), assignments);
  if (request.reward) options.reward = rl::parse_reward(*request.reward);
  if (request.retrain) {
    rl::Retraining retraining{.training = recsys::attention_defaults(data).training};
    retraining.training.warmup_steps = 0;
    options.retraining = retraining;
  }
  return options;
}

// The smallest environment with these settings, to check settings and data and to make policies.
rl::CatalogueEnvironment first_environment(const rl::DataWorld& world, const rl::LoopOptions& options) {
  std::vector<rl::Person> people;
  if (world.data.users() > 0 && world.catalogue.topics() > 0) {
    rl::Person& person = people.emplace_back();
    person.interest.assign(world.catalogue.topics(), 1 / static_cast<double>(world.catalogue.topics()));
    const std::size_t offers = rl::CatalogueEnvironment::offers_needed(options.catalogue);
    for (recsys::ItemIndex item = 0; item < std::min(offers, world.catalogue.size()); ++item) {
      person.offers.push_back({item, 0});
    }
  }
  return {world.catalogue, std::move(people), options.reward, options.catalogue};
}

// The requested feeds, then a random one and people alone.
std::vector<rl::LoopArm> arms_of(const std::vector<std::string>& feeds, const Beginning& beginning,
                                 const rl::Environment& environment, engine::ThreadPool& pool) {
  using Kind = rl::LoopArm::Kind;
  std::vector<rl::LoopArm> arms;
  for (const std::string& name : feeds) {
    const std::shared_ptr<const rl::Policy> policy =
        name == agent_name ? std::make_shared<rl::AgentPolicy>(beginning.agent->model, rl::SlateRule::best)
                           : rl::make_policy(name, {environment, nullptr, pool});
    arms.push_back({.name = name, .kind = Kind::feed, .policy = policy});
  }
  arms.push_back({.name = "random", .kind = Kind::random});
  arms.push_back({.name = "alone", .kind = Kind::alone});
  return arms;
}

// What a checkpoint and the command that resumes it must have in common, and what a run records.
std::string configuration_of(const SimulationSetup& request, const rl::Loop& loop, const Beginning& beginning) {
  Json policies = Json::array();
  for (const rl::LoopArm& arm : loop.arms()) policies.push_back(arm.name);
  Json configuration{{"settings", request.settings ? split_list(*request.settings) : std::vector<std::string>()},
                     {"reward", request.reward ? Json(*request.reward) : Json(nullptr)},
                     {"users", request.users},
                     {"sweep", nullptr},
                     {"sessions", 1},
                     {"weeks", request.weeks},
                     {"retrain", request.retrain},
                     {"arms", std::move(policies)},
                     {"model", beginning.model_id}};
  if (beginning.agent) configuration["agent"] = beginning.agent->id;
  return engine::json_text(configuration);
}

void go_by(rl::Loop& loop, const SimulationSetup& request, const rl::LoopIdentity& identity, recsys::Database& db,
           const Console& console) {
  const InterruptFlag interrupt;
  Progress bar(console, "weeks", request.weeks);
  while (loop.weeks() < request.weeks) {
    loop.run_week();
    const rl::WeekFigures& week = loop.state(0).weeks.back();
    bar.update(loop.weeks(), fmt::format("{}: taste {:.2f}, returns {:.2f}", loop.arms().front().name,
                                         week.taste_topics.mean, week.returns.mean));
    if (loop.weeks() == request.weeks) return;
    if (!rl::save_loop(db, identity, loop)) {
      throw recsys::DataError(fmt::format(
          "{}: somebody was forgotten during the weeks: nothing was stored; run the command again", db.path()));
    }
    if (!interrupt.raised()) continue;
    throw Interrupted(fmt::format("interrupted after week {}: the same command with --resume continues", loop.weeks()));
  }
}

std::vector<std::string> cells_of(const std::string& who, const std::string& when, const rl::WeekFigures& figures) {
  std::vector<std::string> cells{who, when};
  for (const rl::WeekFigure& figure : rl::week_figures()) {
    const rl::Estimate& estimate = figures.*figure.value;
    cells.push_back(fmt::format("{:.3g} +-{:.1g}", estimate.mean, 1.96 * estimate.standard_error));
  }
  return cells;
}

void print_table(const Console& console, const rl::Loop& loop) {
  std::vector<Column> columns{{.title = "feed"}, {.title = "week"}};
  for (const rl::WeekFigure& figure : rl::week_figures()) {
    columns.push_back({.title = std::string(figure.title), .align = Align::right});
  }
  Table table(columns);
  table.add(cells_of("(histories)", "0", loop.before()));
  for (std::size_t a = 0; a < loop.arms().size(); ++a) {
    std::vector<std::size_t> shown{1, (loop.weeks() + 1) / 2, loop.weeks()};
    shown.erase(std::unique(shown.begin(), shown.end()), shown.end());
    for (const std::size_t week : shown) {
      table.add(cells_of(loop.arms()[a].name, std::to_string(week), loop.state(a).weeks[week - 1]));
    }
  }
  table.print(console);
}

// The last week of each feed, compared with a random one and people alone, which come last.
std::vector<std::string> sentences_of(const rl::Loop& loop) {
  std::vector<std::string> sentences;
  const std::size_t arms = loop.arms().size();
  const auto last = [&](std::size_t arm) -> const rl::WeekFigures& { return loop.state(arm).weeks.back(); };
  const rl::WeekFigures& random = last(arms - 2);
  const rl::WeekFigures& alone = last(arms - 1);
  for (std::size_t a = 0; a + 2 < arms; ++a) {
    const rl::WeekFigures& feed = last(a);
    sentences.push_back(fmt::format(
        "{}: after {} weeks the variety of tastes is {:.2f}, from {:.2f} at first ({:.2f} with a random feed, {:.2f} "
        "if people choose alone). Two people's weeks share {:.1f} % of their items ({:.1f} % random, {:.1f} % alone), "
        "{:.0f} % of what is consumed is among the tenth most popular items ({:.0f} %, {:.0f} %), and {:.0f} % of the "
        "people came ({:.0f} %, {:.0f} %).",
        loop.arms()[a].name, loop.weeks(), feed.taste_topics.mean, loop.before().taste_topics.mean,
        random.taste_topics.mean, alone.taste_topics.mean, 100 * feed.overlap.mean, 100 * random.overlap.mean,
        100 * alone.overlap.mean, 100 * feed.popular.mean, 100 * random.popular.mean, 100 * alone.popular.mean,
        100 * feed.returns.mean, 100 * random.returns.mean, 100 * alone.returns.mean));
  }
  return sentences;
}

// The run as stored and printed, except for its number.
Json result_of(const SimulationSetup& request, const rl::Loop& loop) {
  const auto measured = std::count(loop.measured().begin(), loop.measured().end(), true);
  Json result{{"environment", request.environment}, {"weeks", loop.weeks()}, {"retrained", request.retrain},
              {"people", loop.users().size()},      {"measured", measured},  {"policies", Json::array()}};
  result["sentences"] = sentences_of(loop);
  result["no_bound"] = no_bound_of_weeks;
  if (!request.lesson.empty()) result["lesson"] = request.lesson;
  result.update(engine::parse_json<Json>(rl::loop_figures_json(loop)));
  return result;
}

}  // namespace

void run_weeks(const SimulationSetup& request, const Context& context) {
  const Console& console = context.console;
  recsys::Database db(context.shared.database, recsys::OpenMode::read_write);
  const std::vector<std::string> feeds = weekly_policies(request);
  const Beginning beginning = load_beginning(db, feeds);
  if (beginning.agent) console.note(fmt::format("the agent learned in {}", beginning.agent->settings));
  if (const std::size_t members = beginning.model->members().size(); members > 1) {
    console.note(fmt::format("the published model averages {} members: the feeds go by the first of them", members));
  }
  const rl::DataWorld& world = beginning.world;
  const rl::LoopOptions options = loop_options(request, context.shared.seed, world.data);
  const rl::CatalogueEnvironment environment = first_environment(world, options);
  engine::ThreadPool pool(context.shared.threads);
  rl::Loop loop(world, beginning.model->attention(), arms_of(feeds, beginning, environment, pool), options, pool);
  const rl::LoopIdentity identity{.configuration = configuration_of(request, loop, beginning),
                                  .seed = context.shared.seed,
                                  .data_fingerprint = recsys::data_fingerprint(world.data),
                                  .forgets = world.data.forgets,
                                  .forgotten_users = beginning.forgotten_users};
  if (request.resume) {
    console.note(rl::restore_loop(db, identity, loop)
                     ? fmt::format("resuming after week {}", loop.weeks())
                     : std::string("there are no interrupted weeks to resume: starting over"));
  }
  go_by(loop, request, identity, db, console);

  Json result = result_of(request, loop);
  Json names = Json::array();
  for (const rl::LoopArm& arm : loop.arms()) names.push_back(arm.name);
  const rl::RunRecord record{.command = command_line(request, context.shared),
                             .configuration = identity.configuration,
                             .seed = context.shared.seed,
                             .environment = request.environment,
                             .policies = engine::json_text(names),
                             .reward = recsys::settings_json(rl::RewardWeights::settings(), options.reward)};
  const std::int64_t run = rl::store_loop(db, record, loop, world, engine::json_text(result));
  if (console.json()) {
    Json with_number{{"run", run}};
    with_number.update(result);
    console.print_json(with_number);
    return;
  }
  print_table(console, loop);
  for (const std::string& sentence : sentences_of(loop)) console.print_prose(sentence);
  console.print_prose(*bound_sentence({.obstacle = no_bound_of_weeks}));
  console.print(fmt::format("stored as run {}", run));
}

}  // namespace infodiet::tools
