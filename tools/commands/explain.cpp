#include "tools/commands/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "recsys/attention/explanation.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/catalogue.hpp"
#include "tools/history_options.hpp"
#include "tools/table.hpp"

namespace infodiet::tools {

namespace {

struct Row {
  recsys::Reason reason;
  double weight;      // contribution as a share of all contributions that speak for the item
  double score_drop;  // what the score loses without this interaction
  double attention;
};

// Strongest contribution first.
std::vector<Row> explain(const recsys::AttentionModel& model, engine::ThreadPool& pool, const recsys::History& history,
                         recsys::ItemIndex candidate) {
  const std::vector<recsys::Reason> reasons = recsys::contributions(model, history, {&candidate, 1}).front();
  const std::vector<double> drops = recsys::score_drops(model, pool, history, candidate);
  const std::vector<double> attention = recsys::attention_of_last(model, history);
  const double total = std::accumulate(reasons.begin(), reasons.end(), 0.0, [](double sum, const recsys::Reason& r) {
    return sum + std::max(0.0, r.contribution);
  });
  std::vector<Row> rows;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    rows.push_back({.reason = reasons[i],
                    .weight = total > 0 ? reasons[i].contribution / total : 0,
                    .score_drop = drops[i],
                    .attention = attention[i]});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.reason.contribution > b.reason.contribution; });
  return rows;
}

}  // namespace

void ExplainCommand::setup(CommandSpec& spec) {
  spec.description =
      "Says why the attention model gives an item its score for somebody: each history item's contribution to that "
      "score "
      "(as a share of all that speaks for it; negative where it speaks against), the score lost if it is taken out of "
      "the history, and how much attention it gets, which is the same for every candidate and so is no reason by "
      "itself.";
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
  const std::unique_ptr<recsys::AttentionModel> loaded = recsys::load_attention_model(db, history.catalogue);
  const recsys::AttentionModel& model = *loaded;
  engine::ThreadPool pool(context.shared.threads);
  const recsys::History items_seen{history.items, {}};
  std::vector<Row> rows = explain(model, pool, items_seen, candidate);
  std::vector<float> scores(model.catalogue_size());
  model.score({&items_seen, 1}, {scores.data(), 1, scores.size()});
  rows.resize(std::min(rows.size(), k_));

  const std::vector<recsys::Item> items = recsys::list_items(db);
  const Console& console = context.console;
  const auto time_of = [&](const Row& row) { return history.times[row.reason.position]; };
  if (console.json()) {
    Json because = Json::array();
    for (const Row& row : rows) {
      const recsys::Item& item = items[row.reason.item];
      because.push_back({{"item", item.key},
                         {"title", item.label()},
                         {"time", time_of(row) ? Json(*time_of(row)) : Json(nullptr)},
                         {"weight", row.weight},
                         {"contribution", row.reason.contribution},
                         {"score_drop", row.score_drop},
                         {"attention", row.attention}});
    }
    console.print_json(Json{{"user", user_},
                            {"item", item_},
                            {"title", items[candidate].label()},
                            {"model", model.name()},
                            {"score", scores[candidate]},
                            {"because", std::move(because)}});
    return ExitCode::done;
  }
  console.print(fmt::format("{} scores {:.3f} for {}; the history items that carry it:", items[candidate].label(),
                            scores[candidate], user_));
  Table table({{.title = "item"},
               {.title = "title", .elastic = true},
               {.title = "weight", .align = Align::right},
               {.title = "score drop", .align = Align::right},
               {.title = "attention", .align = Align::right}});
  for (const Row& row : rows) {
    const recsys::Item& item = items[row.reason.item];
    table.add({item.key, item.label(), fmt::format("{:.1f} %", 100 * row.weight), fmt::format("{:.3f}", row.score_drop),
               fmt::format("{:.1f} %", 100 * row.attention)});
  }
  table.print(console);
  return ExitCode::done;
}

}  // namespace infodiet::tools
