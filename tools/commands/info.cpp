// `infodiet info`: what is in a database.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "recsys/store/catalogue.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/model_store.hpp"
#include "tools/cli/command.hpp"
#include "tools/commands/commands.hpp"
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
  std::vector<std::pair<std::string, std::int64_t>> events;  // with how many interactions are of each, most first
  std::vector<recsys::ModelRecord> models;
};

Contents read_contents(const recsys::Database& db) {
  const recsys::Snapshot snapshot(db);
  Contents contents;
  contents.counts = recsys::count_contents(db);
  contents.models = recsys::list_models(db);
  recsys::Statement query = db.prepare(
      "SELECT (SELECT min(time) FROM interactions), (SELECT max(time) FROM interactions),"
      " (SELECT count(*) FROM items WHERE title IS NOT NULL), (SELECT count(DISTINCT item_id) FROM item_topics),"
      " (SELECT count(DISTINCT topic) FROM item_topics)");
  query.step();
  contents.first_time = query.optional_integer(0);
  contents.last_time = query.optional_integer(1);
  contents.titled_items = query.integer(2);
  contents.items_with_topics = query.integer(3);
  contents.topics = query.integer(4);
  recsys::Statement events = db.prepare(
      "SELECT event, count(*) FROM interactions WHERE event IS NOT NULL GROUP BY event ORDER BY count(*) DESC, event");
  while (events.step()) contents.events.emplace_back(events.text(0), events.integer(1));
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

// JSON that was stored as text; text where it is not JSON.
Json stored_json(const std::string& text) {
  Json value = Json::parse(text, nullptr, false);
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

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_json(const Contents& contents, const std::string& path) {
  Json models = Json::array();
  for (const recsys::ModelRecord& model : contents.models) models.push_back(model_json(model));
  Json events = Json::object();
  for (const auto& [event, count] : contents.events) events[event] = count;
  return Json{{"path", path},
              {"users", contents.counts.users},
              {"items", contents.counts.items},
              {"interactions", contents.counts.interactions},
              {"first_time", or_null(contents.first_time)},
              {"last_time", or_null(contents.last_time)},
              {"untimed_interactions", contents.counts.untimed_interactions},
              {"events", std::move(events)},
              {"titled_items", contents.titled_items},
              {"items_with_topics", contents.items_with_topics},
              {"topics", contents.topics},
              {"imports", contents.counts.imports},
              {"import_rejects", contents.counts.import_rejects},
              {"models", std::move(models)}};
}

std::string interactions_line(const Contents& contents) {
  const recsys::Counts& counts = contents.counts;
  std::string line = fmt::format("interactions  {}", counts.interactions);
  if (counts.users > 0) {
    line +=
        fmt::format(", {:.1f} a user", static_cast<double>(counts.interactions) / static_cast<double>(counts.users));
  }
  if (contents.first_time) {
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

// "validation ndcg@10 0.151", from whatever numbers the record's JSON holds.
std::string metrics_text(const recsys::ModelRecord& model) {
  Json metrics = stored_json(model.metrics);
  if (metrics.is_object()) {
    metrics.erase("history");  // a line of figures for every epoch
    metrics.erase("data");
    metrics.erase("trained_epochs");
  }
  const Json flat = metrics.flatten();
  std::string text;
  for (const auto& [pointer, value] : flat.items()) {
    if (!value.is_number()) continue;
    std::string name = pointer.substr(pointer.empty() ? 0 : 1);
    for (char& c : name) c = c == '/' ? ' ' : c;
    text += fmt::format("{}{} {:.4g}", text.empty() ? "" : ", ", name, value.get<double>());
  }
  return text;
}

void print_contents(const Contents& contents, const Console& console) {
  const recsys::Counts& counts = contents.counts;
  console.print(fmt::format("users         {}", counts.users));
  console.print(fmt::format("items         {}, {} with a title, {} with topics ({} topics)", counts.items,
                            contents.titled_items, contents.items_with_topics, contents.topics));
  console.print(interactions_line(contents));
  if (!contents.events.empty()) console.print(events_line(contents));
  console.print(fmt::format("imports       {}, {} rows rejected", counts.imports, counts.import_rejects));
  if (contents.models.empty()) {
    console.print("models        none");
    return;
  }
  Table table({{.title = "model"},
               {.title = "state"},
               {.title = "made"},
               {.title = "held out"},
               {.title = "seed", .align = Align::right},
               {.title = "metrics", .elastic = true, .wraps = true}});
  for (const recsys::ModelRecord& model : contents.models) {
    table.add({model.name, state_name(model.state), date_text(model.created), model.holdout, std::to_string(model.seed),
               metrics_text(model)});
  }
  console.print("");
  table.print(console);
  for (const recsys::ModelRecord& model : contents.models) {
    if (model.state == recsys::ModelState::retired || model.forgotten_users == 0) continue;
    console.print_prose(fmt::format("{} ({}) was trained with {} people who have been forgotten since; train again",
                                    model.name, state_name(model.state), model.forgotten_users));
  }
}

}  // namespace

void InfoCommand::setup(CommandSpec& spec) {
  spec.description = "Shows what is in a database: users, items, interactions, imports and models.";
  spec.example = "infodiet info --db world.db";
}

ExitCode InfoCommand::run(const Context& context) {
  const std::string& path = context.shared.database;
  const Console& console = context.console;
  const recsys::Database db(path, recsys::OpenMode::read_only);
  const Contents contents = read_contents(db);
  if (console.json()) {
    console.print_json(to_json(contents, path));
    return ExitCode::done;
  }
  print_contents(contents, console);
  if (contents.counts.interactions == 0) {
    console.note("next: infodiet import PATH, or infodiet sample for a world to try things on");
  } else if (contents.models.empty()) {
    console.note("next: infodiet train");
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_info() {
  return std::make_unique<InfoCommand>();
}

}  // namespace infodiet::tools
