// `infodiet explain`: why an item suits somebody, or does not.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "recsys/attention/model_file.hpp"
#include "recsys/data/time_kind.hpp"
#include "recsys/errors.hpp"
#include "recsys/reasons/explanation.hpp"
#include "recsys/store/catalogue.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/history_options.hpp"
#include "tools/commands/commands.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class ExplainCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string user_;
  std::string item_;
  std::size_t k_ = 10;
};

struct Row {
  recsys::Reason reason;
  recsys::ItemIndex item;
  double weight;  // contribution as a share of those that speak for the item
  double attention;
};

// What carries the candidate's score, in the order of recsys::reasons.
std::vector<Row> explain(const recsys::BlendedModel& model, engine::ThreadPool& pool, const recsys::History& history,
                         recsys::ItemIndex candidate, std::size_t count) {
  const std::vector<recsys::Reason> reasons = recsys::reasons(model, pool, history, candidate, count);
  const std::vector<double> attention = model.attention().attention_of_last(history);
  const double total = std::accumulate(reasons.begin(), reasons.end(), 0.0, [](double sum, const recsys::Reason& r) {
    return sum + std::max(0.0, r.contribution);
  });
  std::vector<Row> rows;
  for (const recsys::Reason& reason : reasons) {
    rows.push_back({.reason = reason,
                    .item = history.items[reason.place],
                    .weight = total > 0 ? reason.contribution / total : 0,
                    .attention = attention[reason.place]});
  }
  return rows;
}

}  // namespace

void ExplainCommand::setup(CommandSpec& spec) {
  spec.description =
      "Says why an item has its score for somebody: the interactions that carry it, in the order in which taking out "
      "the "
      "next one costs the score most. Contribution is what it loses then, and weight that as a share; score drop is "
      "what "
      "it loses when that one alone goes. Attention is how much the model looks at it, which is the same for every "
      "candidate and so is no reason by itself. 'infodiet evaluate --explanations' measures how true this is.";
  spec.example = "infodiet explain --db world.db --user reader-1 --item article-7";
  spec.options.text({.name = "user", .value = "ID", .help = "who, by the id imported", .required = true}, user_);
  spec.options.text({.name = "item", .value = "ID", .help = "which item", .required = true}, item_);
  spec.options.integer({.name = "k", .value = "N", .help = "how many history items to show"}, k_,
                       {.minimum = 1, .maximum = 1000000});
}

ExitCode ExplainCommand::run(const Context& context) {
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const recsys::Snapshot snapshot(db);
  require_user(db, user_);
  const ResolvedHistory history = resolve_history(db, user_, {});
  const recsys::ItemIndex candidate = require_item(db, history.catalogue, item_, "--item");
  if (history.items.empty()) {
    throw recsys::DataError(fmt::format("user '{}' has no history, so there is nothing to explain by", user_));
  }
  const std::unique_ptr<recsys::BlendedModel> model = recsys::load_attention_model(db, history.catalogue);
  engine::ThreadPool pool(context.shared.threads);
  const recsys::History whole = history.history();
  const recsys::History seen = whole.last(std::min(whole.size(), model->attention().config().max_length));
  const std::vector<Row> rows = explain(*model, pool, seen, candidate, k_);
  std::vector<float> scores(model->catalogue_size());
  model->score({&seen, 1}, {scores.data(), 1, scores.size()});

  const std::vector<recsys::Item> items = recsys::list_items(db);
  const Console& console = context.console;
  const auto time_of = [&](const Row& row) {
    return seen.times.empty() ? std::nullopt : std::optional(seen.times[row.reason.place]);
  };
  if (console.json()) {
    Json because = Json::array();
    for (const Row& row : rows) {
      const recsys::Item& item = items[row.item];
      because.push_back({{"item", item.key},
                         {"title", item.label()},
                         {"time", time_of(row) ? Json(*time_of(row)) : Json(nullptr)},
                         {"weight", row.weight},
                         {"contribution", row.reason.contribution},
                         {"score_drop", row.reason.score_drop},
                         {"attention", row.attention}});
    }
    console.print_json(Json{{"user", user_},
                            {"item", item_},
                            {"title", items[candidate].label()},
                            {"model", model->name()},
                            {"score", scores[candidate]},
                            {"because", std::move(because)}});
    return ExitCode::done;
  }
  console.print_prose(fmt::format("{} scores {:.3f} for {}; the history items that carry it:", items[candidate].label(),
                                  scores[candidate], user_));
  const bool dated = recsys::time_kind(history.catalogue) == recsys::TimeKind::real;
  std::vector<Column> columns = {{.title = "item"},
                                 {.title = "title", .elastic = true},
                                 {.title = "weight", .align = Align::right},
                                 {.title = "score drop", .align = Align::right},
                                 {.title = "attention", .align = Align::right}};
  if (dated) columns.insert(columns.begin() + 2, {.title = "when"});
  Table table(std::move(columns));
  for (const Row& row : rows) {
    const recsys::Item& item = items[row.item];
    std::vector<std::string> cells = {item.key, item.label(), fmt::format("{:.1f} %", 100 * row.weight),
                                      fmt::format("{:.3f}", row.reason.score_drop),
                                      fmt::format("{:.1f} %", 100 * row.attention)};
    if (dated) cells.insert(cells.begin() + 2, date_text(*time_of(row)));
    table.add(std::move(cells));
  }
  table.print(console);
  return ExitCode::done;
}

std::unique_ptr<Command> make_explain() {
  return std::make_unique<ExplainCommand>();
}

}  // namespace infodiet::tools
