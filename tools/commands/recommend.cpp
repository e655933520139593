// `infodiet recommend`: what somebody should see next, and why.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rl/answers/recommend.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/model_option.hpp"
#include "tools/commands/commands.hpp"
#include "tools/json/answers.hpp"
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
  std::optional<std::int64_t> model_;
  double diet_ = 0;
  std::string policy_ = "recommender";
};

// Where lines are shorter, a table has room for the strongest reason alone.
constexpr std::size_t columns_for_all_reasons = 120;

std::string because_text(const rl::Pick& pick, const std::vector<recsys::Item>& items, std::size_t most) {
  std::string text;
  for (const rl::Carrier& carrier : std::span(pick.because).first(std::min(most, pick.because.size()))) {
    text += fmt::format("{}{} ({:.0f} %)", text.empty() ? "" : ", ", items[carrier.item].label(), 100 * carrier.weight);
  }
  return text;
}

void print_table(const Console& console, const rl::Recommendation& list, const std::vector<recsys::Item>& items) {
  std::vector<Column> columns = {{.title = "rank", .align = Align::right},
                                 {.title = "item"},
                                 {.title = "title", .elastic = true},
                                 {.title = "score", .align = Align::right}};
  const bool reasons =
      std::any_of(list.picks.begin(), list.picks.end(), [](const rl::Pick& p) { return !p.because.empty(); });
  if (reasons) columns.push_back({.title = "because of", .elastic = true});
  const std::size_t most = console.width() < columns_for_all_reasons ? 1 : rl::most_carriers;
  Table table(columns);
  for (std::size_t i = 0; i < list.picks.size(); ++i) {
    const rl::Pick& pick = list.picks[i];
    const recsys::Item& item = items[pick.scored.item];
    std::vector<std::string> cells = {fmt::format("{}", i + 1), item.key, item.label(),
                                      fmt::format("{:.3f}", pick.scored.score)};
    if (reasons) cells.push_back(because_text(pick, items, most));
    table.add(std::move(cells));
  }
  table.print(console);
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
  add_model_option(spec.options, model_);
}

ExitCode RecommendCommand::run(const Context& context) {
  if (!user_ && !history_) {
    throw UsageError("for whom? name somebody with --user ID, or give a history with --history ID,ID,...");
  }
  if (policy_ == "agent" && diet_ > 0) {
    throw UsageError("--diet balances the recommender's list and --policy agent is another way: give one of them");
  }
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const rl::View view(db, rl::Loading::as_needed, model_);
  engine::ThreadPool pool(context.shared.threads);
  const std::vector<std::string> given = history_ ? split_list(*history_) : std::vector<std::string>();
  const rl::Profile profile = view.profile(user_, given, "--history");
  const rl::Recommendation list = rl::recommend(
      view, pool, profile,
      {.k = k_, .diet = diet_, .chooser = policy_ == "agent" ? rl::Chooser::agent : rl::Chooser::recommender});
  if (context.console.json()) {
    context.console.print_json(to_json(list, view.items(), user_));
    return ExitCode::done;
  }
  if (!list.fallback.empty()) {
    context.console.print_prose(fmt::format("the most popular items, because {}", list.fallback));
  }
  print_table(context.console, list, view.items());
  return ExitCode::done;
}

std::unique_ptr<Command> make_recommend() {
  return std::make_unique<RecommendCommand>();
}

}  // namespace infodiet::tools
