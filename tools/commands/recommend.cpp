// `infodiet recommend`: what somebody should see next, and why.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "recsys/attention/model_file.hpp"
#include "recsys/baselines/baselines.hpp"
#include "recsys/errors.hpp"
#include "recsys/ranking/top_k.hpp"
#include "recsys/reasons/explanation.hpp"
#include "recsys/reasons/places_to_ask.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/item_topics.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_store.hpp"
#include "rl/agent/agent_picks.hpp"
#include "rl/policies/balanced_list.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/history_options.hpp"
#include "tools/commands/commands.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools {

namespace {

class RecommendCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::optional<std::string> user_;
  std::optional<std::string> history_;
  std::size_t k_ = 10;
  double diet_ = 0;
  std::string policy_ = "recommender";
};

constexpr std::size_t reasons_shown = 3;
// Where lines are shorter, a table has room for the strongest reason alone.
constexpr std::size_t columns_for_all_reasons = 120;

struct Reason {
  recsys::ItemIndex item;
  double weight;  // what the score loses without it, as a share of what it loses without each of them
};

struct Pick {
  recsys::ScoredItem scored;
  std::vector<Reason> because;
};

struct Picks {
  std::string model;
  std::string fallback;  // why it is not the attention model, or empty
  std::vector<Pick> items;
};

// The history items that carried a pick most: only those without which its score falls, repeated items taken together.
std::vector<Reason> strongest(const recsys::History& history, std::span<const std::size_t> places,
                              const engine::Matrix<float>& drops, std::size_t pick) {
  std::vector<Reason> reasons;
  double total = 0;
  for (std::size_t p = 0; p < places.size(); ++p) {
    const double drop = static_cast<double>(drops(p, pick));
    if (drop <= 0) continue;
    total += drop;
    const recsys::ItemIndex item = history.items[places[p]];
    const auto same = std::find_if(reasons.begin(), reasons.end(), [&](const Reason& r) { return r.item == item; });
    if (same == reasons.end()) {
      reasons.push_back({item, drop});
    } else {
      same->weight += drop;
    }
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const Reason& a, const Reason& b) { return a.weight > b.weight; });
  reasons.resize(std::min(reasons.size(), reasons_shown));
  for (Reason& reason : reasons) reason.weight /= total;
  return reasons;
}

// How a list is made from scores.
struct ListMaker {
  std::size_t k;
  double diet;                // weight of balance, 0 for none
  recsys::ItemTopics topics;  // only where there is a weight

  std::vector<recsys::ScoredItem> best_of(const recsys::Recommender& model, const recsys::History& history) const {
    std::vector<float> scores(model.catalogue_size());
    model.score({&history, 1}, {scores.data(), 1, scores.size()});
    if (diet == 0) return recsys::top_k(scores, history.items, k);
    return rl::balanced_list(scores, history, topics, {.weight = diet, .length = k});
  }
};

Picks picks_by_attention(const recsys::Database& db, const ResolvedHistory& resolved, const ListMaker& maker,
                         engine::ThreadPool& pool) {
  const std::unique_ptr<recsys::BlendedModel> model = recsys::load_attention_model(db, resolved.catalogue);
  const recsys::History whole = resolved.history();
  Picks picks{.model = model->name(), .fallback = {}, .items = {}};
  std::vector<recsys::ItemIndex> candidates;
  for (const recsys::ScoredItem& scored : maker.best_of(*model, whole)) {
    candidates.push_back(scored.item);
    picks.items.push_back({.scored = scored, .because = {}});
  }
  const recsys::History history = whole.last(std::min(whole.size(), model->attention().config().max_length));
  const std::vector<std::size_t> places = recsys::places_to_ask(model->attention(), history);
  const engine::Matrix<float> drops = recsys::score_drops(*model, pool, history, places, candidates);
  for (std::size_t i = 0; i < picks.items.size(); ++i) picks.items[i].because = strongest(history, places, drops, i);
  return picks;
}

Picks picks_by_popularity(const recsys::Database& db, const ResolvedHistory& history, const ListMaker& maker,
                          std::string fallback) {
  const std::unique_ptr<recsys::Recommender> model = recsys::make_baseline("popularity", recsys::load_dataset(db));
  Picks picks{.model = model->name(), .fallback = std::move(fallback), .items = {}};
  for (const recsys::ScoredItem& scored : maker.best_of(*model, history.history())) {
    picks.items.push_back({.scored = scored, .because = {}});
  }
  return picks;
}

Picks picks_by_agent(const recsys::Database& db, const ResolvedHistory& history, std::size_t k) {
  Picks picks{.model = "agent", .fallback = {}, .items = {}};
  for (const recsys::ScoredItem& scored : rl::agent_picks(db, history.items, k)) {
    picks.items.push_back({.scored = scored, .because = {}});
  }
  return picks;
}

std::string because_text(const Pick& pick, const std::vector<recsys::Item>& items, std::size_t most) {
  std::string text;
  for (const Reason& reason : std::span(pick.because).first(std::min(most, pick.because.size()))) {
    text += fmt::format("{}{} ({:.0f} %)", text.empty() ? "" : ", ", items[reason.item].label(), 100 * reason.weight);
  }
  return text;
}

void print_table(const Console& console, const Picks& picks, const std::vector<recsys::Item>& items) {
  std::vector<Column> columns = {{.title = "rank", .align = Align::right},
                                 {.title = "item"},
                                 {.title = "title", .elastic = true, .wraps = true},
                                 {.title = "score", .align = Align::right}};
  const bool reasons =
      std::any_of(picks.items.begin(), picks.items.end(), [](const Pick& p) { return !p.because.empty(); });
  if (reasons) columns.push_back({.title = "because of", .elastic = true, .wraps = true});
  const std::size_t most = console.width() < columns_for_all_reasons ? 1 : reasons_shown;
  Table table(columns);
  for (std::size_t i = 0; i < picks.items.size(); ++i) {
    const Pick& pick = picks.items[i];
    const recsys::Item& item = items[pick.scored.item];
    std::vector<std::string> cells = {fmt::format("{}", i + 1), item.key, item.label(),
                                      fmt::format("{:.3f}", pick.scored.score)};
    if (reasons) cells.push_back(because_text(pick, items, most));
    table.add(std::move(cells));
  }
  table.print(console);
}

Json to_json(const Picks& picks, const std::vector<recsys::Item>& items, const std::optional<std::string>& user) {
  Json result = {{"user", user ? Json(*user) : Json(nullptr)}, {"model", picks.model}};
  result["fallback"] = picks.fallback.empty() ? Json(nullptr) : Json(picks.fallback);
  result["items"] = Json::array();
  for (std::size_t i = 0; i < picks.items.size(); ++i) {
    const Pick& pick = picks.items[i];
    const recsys::Item& item = items[pick.scored.item];
    Json because = Json::array();
    for (const Reason& reason : pick.because) {
      because.push_back(
          {{"item", items[reason.item].key}, {"title", items[reason.item].label()}, {"weight", reason.weight}});
    }
    result["items"].push_back({{"rank", i + 1},
                               {"item", item.key},
                               {"title", item.label()},
                               {"score", pick.scored.score},
                               {"because", std::move(because)}});
  }
  return result;
}

}  // namespace

void RecommendCommand::setup(CommandSpec& spec) {
  spec.description =
      "Recommends what somebody should see next, with the history items that carried each pick and their share in it. "
      "Items already taken in are left out. For somebody who is not stored give --history; together with --user it "
      "comes "
      "after what is stored. Without any history, or before 'infodiet train', the most popular items are shown and "
      "said "
      "to be just that.";
  spec.example = "infodiet recommend --db world.db --user reader-1 -k 5";
  spec.options.text({.name = "user", .value = "ID", .help = "who, by the id imported"}, user_);
  spec.options.text({.name = "history", .value = "ID,ID,...", .help = "items taken in, oldest first"}, history_);
  spec.options.integer({.name = "k", .value = "N", .help = "how many"}, k_, {.minimum = 1, .maximum = 1000000});
  spec.options.number(
      {.name = "diet",
       .value = "W",
       .help = "balance the list towards the person's own mix of topics: 0 relevance only, 1 balance only"},
      diet_, {.minimum = 0, .maximum = 1});
  spec.options.choice({.name = "policy",
                       .value = "NAME",
                       .help = "what chooses: the recommender, or the agent that learned in 'simulate' what to show"},
                      policy_, {"recommender", "agent"});
}

ExitCode RecommendCommand::run(const Context& context) {
  if (!user_ && !history_) {
    throw UsageError("for whom? name somebody with --user ID, or give a history with --history ID,ID,...");
  }
  if (policy_ == "agent" && diet_ > 0) {
    throw UsageError("--diet balances the recommender's list and --policy agent is another way: give one of them");
  }
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const recsys::Snapshot snapshot(db);
  const ResolvedHistory history = resolve_history(db, user_, history_);
  const bool trained = recsys::find_model(db, "attention", recsys::ModelState::published).has_value();
  const std::vector<recsys::Item> items = recsys::list_items(db);
  ListMaker maker{.k = k_, .diet = diet_, .topics = {}};
  if (diet_ > 0) maker.topics = recsys::number_topics(items);
  if (diet_ > 0 && maker.topics.names.empty()) {
    throw recsys::DataError(fmt::format(
        "--diet: the items of {} have no topics to balance; import items with topics (a column of genres will do)",
        db.path()));
  }
  engine::ThreadPool pool(context.shared.threads);
  Picks picks;
  if (policy_ == "agent") {
    picks = picks_by_agent(db, history, k_);
  } else if (!trained) {
    picks = picks_by_popularity(db, history, maker, "no model is trained yet: 'infodiet train' makes one");
  } else if (!history.items.empty()) {
    picks = picks_by_attention(db, history, maker, pool);
  } else {
    picks = picks_by_popularity(db, history, maker,
                                history.user_id ? fmt::format("user '{}' has no history", *user_)
                                                : fmt::format("user '{}' is not known", *user_));
  }
  if (context.console.json()) {
    context.console.print_json(to_json(picks, items, user_));
    return ExitCode::done;
  }
  if (!picks.fallback.empty())
    context.console.print_prose(fmt::format("the most popular items, because {}", picks.fallback));
  print_table(context.console, picks, items);
  return ExitCode::done;
}

std::unique_ptr<Command> make_recommend() {
  return std::make_unique<RecommendCommand>();
}

}  // namespace infodiet::tools
