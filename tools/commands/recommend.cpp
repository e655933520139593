// `infodiet recommend`: what somebody should see next, and why.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/json_text.hpp"
#include "recsys/reasons/explanation.hpp"
#include "rl/answers/recommend.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/filter_options.hpp"
#include "tools/cli/liked_option.hpp"
#include "tools/cli/model_option.hpp"
#include "tools/commands/commands.hpp"
#include "tools/json/answers.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class RecommendCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::optional<std::string> user_;
  std::optional<std::string> users_;
  std::vector<std::string> history_;
  FilterOptions filter_;
  std::size_t k_ = 10;
  std::optional<std::int64_t> model_;
  LikedOption liked_;
  double diet_ = 0;
  std::string policy_ = "recommender";
};

// With shorter lines, a table shows only the strongest reason.
constexpr std::size_t columns_for_all_reasons = 120;

std::string because_text(const rl::Pick& pick, const recsys::ItemTable& items, std::size_t most) {
  std::string text;
  for (const rl::Carrier& carrier : std::span(pick.because).first(std::min(most, pick.because.size()))) {
    text += fmt::format("{}{} ({:.0f} %)", text.empty() ? "" : ", ", items[carrier.item].label(), 100 * carrier.weight);
  }
  return text;
}

void print_table(const Console& console, const rl::Recommendation& list, const recsys::ItemTable& items) {
  std::vector<Column> columns = {{.title = "rank", .align = Align::right},
                                 {.title = "item"},
                                 {.title = "title", .elastic = true},
                                 {.title = "score", .align = Align::right}};
  const bool chances = std::any_of(list.picks.begin(), list.picks.end(), [](const rl::Pick& p) { return p.chance; });
  if (chances) columns.push_back({.title = "chance", .align = Align::right});
  const bool reasons =
      std::any_of(list.picks.begin(), list.picks.end(), [](const rl::Pick& p) { return !p.because.empty(); });
  if (reasons) columns.push_back({.title = "because of", .elastic = true});
  const std::size_t most = console.width() < columns_for_all_reasons ? 1 : rl::most_carriers;
  Table table(columns);
  for (std::size_t i = 0; i < list.picks.size(); ++i) {
    const rl::Pick& pick = list.picks[i];
    const recsys::ItemRow item = items[pick.scored.item];
    std::vector<std::string> cells = {fmt::format("{}", i + 1), std::string(item.key), std::string(item.label()),
                                      fmt::format("{:.3f}", pick.scored.score)};
    if (chances) cells.push_back(pick.chance ? fmt::format("{:.2f} %", 100 * *pick.chance) : "");
    if (reasons) cells.push_back(because_text(pick, items, most));
    table.add(std::move(cells));
  }
  table.print(console);
}

}  // namespace

void RecommendCommand::setup(CommandSpec& spec) {
  spec.description =
      "Recommends what somebody should see next, with the items of their history that carried each pick and their "
      "share in it. Leaves out consumed items, unless the model was trained with repeats allowed, items that are "
      "hidden or not available now, and items rated low, which are never reasons either. For somebody who is not "
      "stored give --history; together with --user it comes after the stored history. Without any history, or before "
      "'infodiet train', it shows the most popular items and says so.";
  spec.example = "infodiet recommend --db world.db --user reader-1 -k 5";
  spec.options.text({.name = "user", .value = "ID", .help = "the person, by the imported id"}, user_);
  spec.options.text({.name = "users",
                     .value = "FILE",
                     .help = "many users, one id per line (- is standard input), answered as JSON lines"},
                    users_);
  spec.options.texts(
      {.name = "history", .value = "ID,ID,...", .help = "items consumed, oldest first; repeat it for ids with commas"},
      history_);
  spec.options.integer({.name = "k", .value = "N", .help = "number of items"}, k_, {.minimum = 1, .maximum = 1000000});
  filter_.add_to(spec.options);
  spec.options.number(
      {.name = "diet",
       .value = "W",
       .help = "balance the list towards the person's own mix of topics: 0 relevance only, 1 balance only"},
      diet_, {.minimum = 0, .maximum = 1});
  spec.options.choice(
      {.name = "policy", .value = "NAME", .help = "what chooses: the recommender, or the agent trained by 'simulate'"},
      policy_, {"recommender", "agent"});
  add_model_option(spec.options, model_);
  liked_.add_to(spec.options, "as the model was trained, else middle");
}

ExitCode RecommendCommand::run(const Context& context) {
  if (!user_ && !users_ && history_.empty()) {
    throw UsageError("for whom? give --user ID, or a history with --history ID,ID,...");
  }
  if (users_ && (user_ || !history_.empty())) {
    throw UsageError("--users lists all users: give it without --user and --history");
  }
  if (policy_ == "agent" && diet_ > 0) {
    throw UsageError("--diet balances the recommender's list, which --policy agent replaces: give one of them");
  }
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const rl::View view(db, rl::Loading::as_needed, model_, liked_.liking());
  engine::ThreadPool pool(context.shared.threads);
  const rl::RecommendOptions options{.k = k_,
                                     .diet = diet_,
                                     .chooser = policy_ == "agent" ? rl::Chooser::agent : rl::Chooser::recommender,
                                     .filter = filter_.filter(view, context.console)};
  if (users_) {
    for_each_line(*users_, [&](const std::string& user) {
      const rl::Recommendation list = rl::recommend(view, pool, view.profile(user, {}, "--users"), options);
      const Json line = to_json(list, view.items(), user);
      context.console.print(escaped_json(engine::json_text(line)));
    });
    return ExitCode::done;
  }
  const rl::Profile profile = view.profile(user_, history_, "--history");
  note_unknown(context.console, "--history", profile.unknown);
  const rl::Recommendation list = rl::recommend(view, pool, profile, options);
  if (context.console.json()) {
    context.console.print_json(to_json(list, view.items(), user_));
    return ExitCode::done;
  }
  if (!list.fallback.empty()) {
    context.console.print_prose(fmt::format("the most popular items, because {}", printable(list.fallback)));
  }
  if (list.picks.empty()) {
    context.console.print_prose(fmt::format("nothing to recommend: {}", printable(list.nothing)));
    return ExitCode::done;
  }
  print_table(context.console, list, view.items());
  const bool explained =
      std::any_of(list.picks.begin(), list.picks.end(), [](const rl::Pick& pick) { return !pick.because.empty(); });
  if (!explained && list.fallback.empty() && options.chooser == rl::Chooser::recommender) {
    context.console.print_prose(
        fmt::format("no interaction alone carries {:.0f} % of any of them", 100 * recsys::least_share));
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_recommend() {
  return std::make_unique<RecommendCommand>();
}

}  // namespace infodiet::tools
