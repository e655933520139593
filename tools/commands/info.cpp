// `infodiet info`: what is in a database.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/json_text.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/model_repeats.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/ratings.hpp"
#include "recsys/store/searches.hpp"
#include "recsys/store/served_arms.hpp"
#include "recsys/store/slates.hpp"
#include "rl/runs/run_store.hpp"
#include "tools/cli/command.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/search_figures.hpp"
#include "tools/terminal/ratings_text.hpp"
#include "tools/terminal/spark.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class InfoCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;
};

struct Contents {
  recsys::Counts counts;
  std::optional<std::int64_t> first_time;
  std::optional<std::int64_t> last_time;
  std::int64_t titled_items = 0;
  std::int64_t items_with_topics = 0;
  std::int64_t topics = 0;
  std::int64_t items_with_attributes = 0;
  std::int64_t items_with_vectors = 0;
  std::vector<std::pair<std::string, std::int64_t>> events;  // with the number of interactions of each, most first
  recsys::RatedCounts ratings;
  std::vector<recsys::ModelRecord> models;
  std::vector<rl::StoredRun> runs;
  std::vector<recsys::SlateLogSize> slate_logs;
  std::vector<recsys::ServedArm> served;
  std::vector<recsys::Search> searches;
};

Contents read_contents(const recsys::Database& db) {
  const recsys::Snapshot snapshot(db);
  Contents contents;
  contents.counts = recsys::count_contents(db);
  contents.ratings = recsys::count_rated(db, recsys::published_liking(db).value_or(recsys::Liking{}));
  contents.models = recsys::list_models(db);
  contents.runs = rl::list_runs(db);
  contents.slate_logs = recsys::list_slate_logs(db);
  contents.served = recsys::served_arms(db);
  contents.searches = recsys::list_searches(db);
  recsys::Statement query = db.prepare(
      "SELECT (SELECT min(time) FROM interactions), (SELECT max(time) FROM interactions),"
      " (SELECT count(*) FROM items WHERE title IS NOT NULL), (SELECT count(DISTINCT item_id) FROM item_topics),"
      " (SELECT count(DISTINCT topic) FROM item_topics), (SELECT count(DISTINCT item_id) FROM item_attributes),"
      " (SELECT count(*) FROM item_vectors)");
  query.step();
  contents.first_time = query.optional_integer(0);
  contents.last_time = query.optional_integer(1);
  contents.titled_items = query.integer(2);
  contents.items_with_topics = query.integer(3);
  contents.topics = query.integer(4);
  contents.items_with_attributes = query.integer(5);
  contents.items_with_vectors = query.integer(6);
  contents.events = recsys::count_events(db);
  return contents;
}

const char* state_name(recsys::ModelState state) {
  switch (state) {
    case recsys::ModelState::training:
      return "in training";
    case recsys::ModelState::published:
      return "published";
    case recsys::ModelState::retired:
      break;
  }
  return "retired";
}

// JSON that was stored as text; the text itself if it is not JSON.
Json stored_json(const std::string& text) {
  Json value = engine::parse_json<Json>(text);
  return value.is_discarded() ? Json(text) : value;
}

Json model_json(const recsys::ModelRecord& model) {
  return Json{{"name", model.name},
              {"state", state_name(model.state)},
              {"created", model.created},
              {"seed", model.seed},
              {"holdout", model.holdout},
              {"forgotten_users", model.forgotten_users},
              {"configuration", stored_json(model.configuration)},
              {"metrics", stored_json(model.metrics)}};
}

Json run_json(const rl::StoredRun& run) {
  return Json{{"run", run.id},
              {"environment", run.record.environment},
              {"policies", stored_json(run.record.policies)},
              {"reward", stored_json(run.record.reward)},
              {"seed", run.record.seed},
              {"command", run.record.command}};
}

Json slate_log_json(const recsys::SlateLogSize& size) {
  const recsys::SlateLog& log = size.log;
  return Json{{"log", log.id},
              {"source", recsys::name_of(log.source)},
              {"run", log.run ? Json(*log.run) : Json(nullptr)},
              {"policy", log.policy},
              {"version", log.version},
              {"ordered", log.ordered},
              {"sessions", size.sessions},
              {"slates", size.slates},
              {"without_probability", size.without_probability}};
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

// Whether times are only numbers in order, which imports store as seconds soon after 1970.
bool has_order_only(const Contents& contents) {
  constexpr std::int64_t start_of_1980 = 315'532'800;
  return contents.first_time && *contents.first_time >= 0 && *contents.last_time < start_of_1980;
}

Json served_json(const std::vector<recsys::ServedArm>& served) {
  Json arms = Json::array();
  for (const recsys::ServedArm& arm : served) {
    arms.push_back({{"arm", arm.name},
                    {"people", arm.people},
                    {"lists", arm.lists},
                    {"taken", arm.taken},
                    {"share", arm.share},
                    {"low", arm.low},
                    {"high", arm.high}});
  }
  return arms;
}

Json json_of(const Contents& contents, const std::string& path) {
  Json models = Json::array();
  for (const recsys::ModelRecord& model : contents.models) models.push_back(model_json(model));
  Json events = Json::object();
  for (const auto& [event, count] : contents.events) events[event] = count;
  Json runs = Json::array();
  for (const rl::StoredRun& run : contents.runs) runs.push_back(run_json(run));
  Json searches = Json::array();
  for (const recsys::Search& search : contents.searches) searches.push_back(search_json(search));
  Json slate_logs = Json::array();
  for (const recsys::SlateLogSize& log : contents.slate_logs) slate_logs.push_back(slate_log_json(log));
  return Json{{"path", path},
              {"users", contents.counts.users},
              {"items", contents.counts.items},
              {"interactions", contents.counts.interactions},
              {"first_time", or_null(contents.first_time)},
              {"last_time", or_null(contents.last_time)},
              {"times_are_order_only", has_order_only(contents)},
              {"untimed_interactions", contents.counts.untimed_interactions},
              {"events", std::move(events)},
              {"ratings",
               {{"rated", contents.ratings.rated},
                {"low", contents.ratings.low},
                {"liked", recsys::format_liking(contents.ratings.liking)}}},
              {"titled_items", contents.titled_items},
              {"items_with_topics", contents.items_with_topics},
              {"topics", contents.topics},
              {"items_with_attributes", contents.items_with_attributes},
              {"items_with_vectors", contents.items_with_vectors},
              {"imports", contents.counts.imports},
              {"import_rejects", contents.counts.import_rejects},
              {"models", std::move(models)},
              {"searches", std::move(searches)},
              {"runs", std::move(runs)},
              {"slate_logs", std::move(slate_logs)},
              {"served", served_json(contents.served)}};
}

std::string interactions_line(const Contents& contents) {
  const recsys::Counts& counts = contents.counts;
  std::string line = fmt::format("interactions  {}", counts.interactions);
  if (counts.users > 0) {
    line +=
        fmt::format(", {:.1f} per user", static_cast<double>(counts.interactions) / static_cast<double>(counts.users));
  }
  if (contents.first_time && has_order_only(contents)) {
    line += fmt::format(", numbered {} to {} in order, without dates", *contents.first_time, *contents.last_time);
  } else if (contents.first_time) {
    line += fmt::format(", from {} to {}", date_text(*contents.first_time), date_text(*contents.last_time));
  }
  if (counts.untimed_interactions > 0) line += fmt::format(", {} without a time", counts.untimed_interactions);
  return line;
}

std::string events_line(const Contents& contents) {
  std::vector<std::string> events;
  for (const auto& [event, count] : contents.events) events.push_back(fmt::format("{} {}", count, printable(event)));
  return fmt::format("events        {}", fmt::join(events, ", "));
}

/// "curve 13.3 to 16.1 ▁▃▇█": a series as one line.
std::string course_text(const std::string& name, const Json& values) {
  constexpr std::size_t longest_course = 20;
  const auto numbers = values.get<std::vector<double>>();
  return fmt::format("{} {} {:.4g} to {:.4g}", name, spark_line(numbers, longest_course), numbers.front(),
                     numbers.back());
}

/// "validation ndcg@10 0.151", from whatever numbers the record's JSON holds.
void add_metrics(std::vector<std::string>& texts, const std::string& name, const Json& value) {
  const auto is_number = [](const Json& one) { return one.is_number(); };
  if (value.is_number()) texts.push_back(fmt::format("{} {:.4g}", name, value.get<double>()));
  if (value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), is_number)) {
    texts.push_back(course_text(name, value));
  }
  if (!value.is_object()) return;
  for (const auto& [key, part] : value.items())
    add_metrics(texts, name.empty() ? key : fmt::format("{} {}", name, key), part);
}

std::string metrics_text(const recsys::ModelRecord& model) {
  std::vector<std::string> texts;
  const Json configuration = stored_json(model.configuration);
  if (configuration.is_object() && configuration.contains("members")) {
    add_metrics(texts, "members", configuration["members"]);
  }
  Json metrics = stored_json(model.metrics);
  if (metrics.is_object()) {
    metrics.erase("data");
    metrics.erase("trained_epochs");
  }
  add_metrics(texts, "", metrics);
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// What a run simulated: "engagement + 0.5 quality", "sweep of diversity" or the environment's own reward.
std::string reward_text(const rl::StoredRun& run) {
  const Json sweep = stored_json(run.record.configuration).value("sweep", Json(nullptr));
  if (sweep.is_string()) return fmt::format("sweep of {}", sweep.get<std::string>());
  const Json reward = stored_json(run.record.reward);
  std::string text;
  for (const auto& [term, weight] : reward.items()) {
    if (!weight.is_number() || weight.get<double>() == 0) continue;
    const double value = weight.get<double>();
    text += text.empty() ? (value < 0 ? "-" : "") : value < 0 ? " - " : " + ";
    text += std::abs(value) == 1 ? term : fmt::format("{:g} {}", std::abs(value), term);
  }
  return text.empty() ? "its own" : text;
}

std::string policies_text(const rl::StoredRun& run) {
  const Json policies = stored_json(run.record.policies);
  std::vector<std::string> names;
  for (const Json& policy : policies)
    names.push_back(policy.is_string() ? policy.get<std::string>() : engine::json_text(policy));
  return fmt::format("{}", fmt::join(names, ", "));
}

void print_models(const std::vector<recsys::ModelRecord>& models, const Console& console) {
  Table table({{.title = "model"},
               {.title = "state"},
               {.title = "made"},
               {.title = "held out"},
               {.title = "seed", .align = Align::right},
               {.title = "metrics", .elastic = true}});
  for (const recsys::ModelRecord& model : models) {
    table.add({model.name, state_name(model.state), date_text(model.created), model.holdout, std::to_string(model.seed),
               metrics_text(model)});
  }
  console.print("");
  table.print(console);
  for (const recsys::ModelRecord& model : models) {
    if (model.state == recsys::ModelState::retired || model.forgotten_users == 0) continue;
    console.print_prose(fmt::format("{} ({}) was trained with {} who {} been forgotten since; train again", model.name,
                                    state_name(model.state),
                                    counted(static_cast<std::uint64_t>(model.forgotten_users), "person", "people"),
                                    model.forgotten_users == 1 ? "has" : "have"));
  }
}

/// How much was taken from the service's lists.
void print_served(const std::vector<recsys::ServedArm>& served, const Console& console) {
  if (served.empty()) return;
  Table table({{.title = "lists served by"},
               {.title = "people", .align = Align::right},
               {.title = "lists", .align = Align::right},
               {.title = "taken of", .align = Align::right},
               {.title = "share", .align = Align::right},
               {.title = "95 % interval", .align = Align::right}});
  for (const recsys::ServedArm& arm : served) {
    table.add({arm.name, std::to_string(arm.people), std::to_string(arm.lists), std::to_string(arm.taken),
               fmt::format("{:.3f}", arm.share), fmt::format("{:.3f} to {:.3f}", arm.low, arm.high)});
  }
  console.print("");
  table.print(console);
}

void print_runs(const std::vector<rl::StoredRun>& runs, const Console& console) {
  if (runs.empty()) return;
  Table table({{.title = "run", .align = Align::right},
               {.title = "environment"},
               {.title = "reward", .elastic = true},
               {.title = "policies", .elastic = true}});
  for (const rl::StoredRun& run : runs) {
    table.add({std::to_string(run.id), run.record.environment, reward_text(run), policies_text(run)});
  }
  console.print("");
  table.print(console);
}

void print_slate_logs(const std::vector<recsys::SlateLogSize>& logs, const Console& console) {
  if (logs.empty()) return;
  Table table({{.title = "log", .align = Align::right},
               {.title = "of"},
               {.title = "policy"},
               {.title = "version", .elastic = true},
               {.title = "sessions", .align = Align::right},
               {.title = "slates", .align = Align::right},
               {.title = "probabilities"}});
  for (const recsys::SlateLogSize& size : logs) {
    const recsys::SlateLog& log = size.log;
    const char* known = size.without_probability == 0            ? "all"
                        : size.without_probability < size.slates ? "some"
                                                                 : "none";
    table.add({std::to_string(log.id),
               log.run ? fmt::format("run {}", *log.run) : std::string(recsys::name_of(log.source)),
               printable(log.policy), printable(log.version), std::to_string(size.sessions),
               std::to_string(size.slates), known});
  }
  console.print("");
  table.print(console);
}

void print_contents(const Contents& contents, const Console& console) {
  const recsys::Counts& counts = contents.counts;
  console.print(fmt::format("users         {}", counts.users));
  console.print(fmt::format("items         {}, {} with a title, {} with topics ({} topics)", counts.items,
                            contents.titled_items, contents.items_with_topics, contents.topics));
  if (contents.items_with_attributes + contents.items_with_vectors > 0) {
    console.print(fmt::format("features      {} with attributes, {} with a vector",
                              counted(static_cast<std::uint64_t>(contents.items_with_attributes), "item", "items"),
                              counted(static_cast<std::uint64_t>(contents.items_with_vectors), "item", "items")));
  }
  console.print(interactions_line(contents));
  if (!contents.events.empty()) console.print(events_line(contents));
  if (contents.ratings.rated > 0) {
    console.print(fmt::format("ratings       {}", ratings_text(contents.ratings)));
  }
  console.print(fmt::format("imports       {}, {} rejected", counts.imports,
                            counted(static_cast<std::uint64_t>(counts.import_rejects), "row", "rows")));
  if (contents.models.empty()) {
    console.print("models        none");
  } else {
    print_models(contents.models, console);
  }
  for (const recsys::Search& search : contents.searches) {
    console.print("");
    print_search(search, console);
  }
  print_runs(contents.runs, console);
  print_slate_logs(contents.slate_logs, console);
  print_served(contents.served, console);
}

}  // namespace

void InfoCommand::setup(CommandSpec& spec) {
  spec.description = "Shows what is in a database: users, items, interactions, imports, models and simulated runs.";
  spec.example = "infodiet info --db world.db";
}

ExitCode InfoCommand::run(const Context& context) {
  const std::string& path = context.shared.database;
  const Console& console = context.console;
  const recsys::Database db(path, recsys::OpenMode::read_only);
  const Contents contents = read_contents(db);
  if (console.json()) {
    console.print_json(json_of(contents, path));
    return ExitCode::done;
  }
  print_contents(contents, console);
  if (contents.counts.interactions == 0) {
    console.note("next: infodiet import PATH, or infodiet sample for a world to try things in");
  } else if (contents.counts.users == 1) {
    console.note("only one person: use 'infodiet diet'; a model needs other people's histories too");
  } else if (contents.models.empty()) {
    console.note("next: infodiet train");
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_info() {
  return std::make_unique<InfoCommand>();
}

}  // namespace infodiet::tools
