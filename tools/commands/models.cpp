// `infodiet models`: lists, publishes, pins and removes stored models.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/io/json_text.hpp"
#include "recsys/store/model_store.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/commands/commands.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class ModelsCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::vector<std::string> words_;
};

struct Action {
  std::string_view name;
  void (*act)(recsys::Database& db, std::int64_t id);
};

constexpr Action actions[] = {
    {"publish", recsys::publish_stored_model},
    {"pin", [](recsys::Database& db, std::int64_t id) { recsys::pin_model(db, id, true); }},
    {"unpin", [](recsys::Database& db, std::int64_t id) { recsys::pin_model(db, id, false); }},
    {"remove", recsys::remove_model},
};

constexpr std::string_view state_text(recsys::ModelState state) {
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

// The validation figure, if there is one.
Json validation_of(const recsys::ModelRecord& model) {
  const Json metrics = engine::parse_json<Json>(model.metrics);
  const Json::json_pointer ndcg("/validation/ndcg@10");
  return metrics.is_object() && metrics.contains(ndcg) && metrics[ndcg].is_number() ? metrics[ndcg] : Json(nullptr);
}

void print_json(const std::vector<recsys::ModelRecord>& models, const Console& console) {
  Json rows = Json::array();
  for (const recsys::ModelRecord& model : models) {
    rows.push_back({{"id", model.id},
                    {"name", model.name},
                    {"state", state_text(model.state)},
                    {"created", model.created},
                    {"holdout", model.holdout},
                    {"loadable", model.loadable},
                    {"pinned", model.pinned},
                    {"forgotten_users", model.forgotten_users},
                    {"validation_ndcg@10", validation_of(model)}});
  }
  console.print_json(Json{{"models", std::move(rows)}});
}

std::string remarks_on(const recsys::ModelRecord& model) {
  std::string text = model.loadable ? "" : "record only";
  const auto add = [&](const std::string& remark) { text += (text.empty() ? "" : ", ") + remark; };
  if (model.pinned) add("pinned");
  if (model.forgotten_users > 0) add(fmt::format("knows {} forgotten", model.forgotten_users));
  return text;
}

void print_table(const std::vector<recsys::ModelRecord>& models, const Console& console) {
  if (models.empty()) {
    console.print("no models");
    console.note("next: infodiet train");
    return;
  }
  Table table({{.title = "id", .align = Align::right},
               {.title = "model"},
               {.title = "state"},
               {.title = "made"},
               {.title = "held out"},
               {.title = "NDCG@10", .align = Align::right},
               {.title = "", .elastic = true}});
  for (const recsys::ModelRecord& model : models) {
    const Json ndcg = validation_of(model);
    table.add({std::to_string(model.id), model.name, std::string(state_text(model.state)), date_text(model.created),
               model.holdout, ndcg.is_null() ? "" : fmt::format("{:.4f}", ndcg.get<double>()), remarks_on(model)});
  }
  table.print(console);
}

}  // namespace

void ModelsCommand::setup(CommandSpec& spec) {
  spec.description = fmt::format(
      "Lists the stored models, or changes one: 'publish ID' makes it the one in use, 'pin ID' keeps it "
      "permanently and 'unpin ID' undoes that, 'remove ID' deletes it. The latest {} of a kind, and published and "
      "pinned ones, can be loaded; of others, and of those trained on somebody who was forgotten, only the record is "
      "kept.",
      recsys::kept_models);
  spec.example = "infodiet models --db world.db";
  std::vector<std::string> known{"list"};
  for (const Action& action : actions) known.emplace_back(action.name);
  spec.options.positional(
      {.value = "ACTION ID", .help = "list (if not given), publish, pin, unpin or remove", .known = known}, words_);
}

ExitCode ModelsCommand::run(const Context& context) {
  const bool lists = words_.empty() || words_ == std::vector<std::string>{"list"};
  if (!lists) {
    const auto action = std::find_if(std::begin(actions), std::end(actions),
                                     [&](const Action& one) { return one.name == words_.front(); });
    if (action == std::end(actions)) {
      throw UsageError(
          fmt::format("models does not know '{}': expected list, publish ID, pin ID, unpin ID or remove ID",
                      printable(words_.front())));
    }
    if (words_.size() != 2) throw UsageError(fmt::format("models {}: expected one id after it", action->name));
    const auto id = parse_integer<std::int64_t>(fmt::format("models {}", action->name), words_[1], {.minimum = 1});
    recsys::Database db(context.shared.database, recsys::OpenMode::read_write);
    action->act(db, id);
  }
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const std::vector<recsys::ModelRecord> models = recsys::list_models(db);
  if (context.console.json()) {
    print_json(models, context.console);
  } else {
    print_table(models, context.console);
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_models() {
  return std::make_unique<ModelsCommand>();
}

}  // namespace infodiet::tools
