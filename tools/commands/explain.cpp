// `infodiet explain`: why an item suits somebody, or does not.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rl/answers/explain.hpp"
#include "rl/answers/why_not.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/liked_option.hpp"
#include "tools/cli/model_option.hpp"
#include "tools/commands/commands.hpp"
#include "tools/json/answers.hpp"
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
  std::optional<std::string> item_;
  std::optional<std::string> why_not_;
  std::size_t k_ = 10;
  std::optional<std::int64_t> model_;
  LikedOption liked_;
};

Table table_of(const std::vector<rl::Grounds>& side, const recsys::ItemTable& items, bool dated) {
  std::vector<Column> columns = {{.title = "item"},
                                 {.title = "title", .elastic = true},
                                 {.title = "weight", .align = Align::right},
                                 {.title = "score drop", .align = Align::right},
                                 {.title = "attention", .align = Align::right}};
  if (dated) columns.insert(columns.begin() + 2, {.title = "when"});
  Table table(std::move(columns));
  for (const rl::Grounds& grounds : side) {
    std::vector<std::string> cells = {std::string(items.key(grounds.item)), std::string(items[grounds.item].label()),
                                      fmt::format("{:.1f} %", 100 * grounds.reason.share),
                                      fmt::format("{:.3f}", grounds.reason.score_drop),
                                      fmt::format("{:.1f} %", 100 * grounds.attention)};
    if (dated) cells.insert(cells.begin() + 2, date_text(*grounds.time));
    table.add(std::move(cells));
  }
  return table;
}

std::string chance_text(const std::optional<double>& chance) {
  return chance ? fmt::format(", a chance of {:.2f} %,", 100 * *chance) : std::string();
}

void print_against(const Console& console, const std::vector<rl::Grounds>& against, const recsys::ItemTable& items,
                   bool dated) {
  if (against.empty()) return;
  console.print("what counts against it:");
  table_of(against, items, dated).print(console);
}

void print_why(const Console& console, const rl::Explanation& explanation, const recsys::ItemTable& items,
               recsys::ItemIndex item, const std::string& user) {
  console.print_prose(fmt::format("{} scores {:.3f}{} for {}", printable(items[item].label()), explanation.score,
                                  chance_text(explanation.chance), printable(user)));
  if (explanation.because.empty()) {
    console.print_prose(fmt::format("no interaction alone carries {:.0f} % of it", 100 * recsys::least_share));
  } else {
    console.print("what counts for it:");
    table_of(explanation.because, items, explanation.dated).print(console);
  }
  print_against(console, explanation.against, items, explanation.dated);
}

// Its rank compared with the list.
std::string standing_text(const rl::WhyNot& why, const recsys::ItemTable& items) {
  if (!why.never.empty()) return fmt::format("no list contains it: {}", why.never);
  if (why.rank <= why.length) return fmt::format("it is among the first {}", why.length);
  return fmt::format(
      "to be among the first {} its score would have to be {:.3f} higher: the last of them, {}, scores {:.3f}",
      why.length, static_cast<double>(why.last.score) - static_cast<double>(why.score),
      printable(items[why.last.item].label()), why.last.score);
}

void print_why_not(const Console& console, const rl::WhyNot& why, const recsys::ItemTable& items,
                   recsys::ItemIndex item, const std::string& user) {
  console.print_prose(fmt::format("{} scores {:.3f}{} for {}: {} {} of {} that lists may contain",
                                  printable(items[item].label()), why.score, chance_text(why.chance), printable(user),
                                  why.never.empty() ? "rank" : "by that alone it would have rank", why.rank,
                                  why.among));
  console.print_prose(standing_text(why, items));
  if (!why.never.empty()) return;
  if (why.missing.empty()) {
    console.print_prose("what is missing: no similar item would raise its score if it had been consumed last");
  } else {
    console.print("what is missing, each item as if it had been consumed last:");
    Table table({{.title = "item"},
                 {.title = "title", .elastic = true},
                 {.title = "score gain", .align = Align::right},
                 {.title = "rank then", .align = Align::right}});
    for (const rl::Lift& lift : why.missing) {
      table.add({std::string(items.key(lift.item)), std::string(items[lift.item].label()),
                 fmt::format("{:.3f}", lift.gain), fmt::format("{}", lift.rank)});
    }
    table.print(console);
  }
  if (why.against.empty()) {
    console.print_prose(fmt::format("no interaction alone counts against it by {:.0f} % of what counts for it",
                                    100 * recsys::least_share));
  }
  print_against(console, why.against, items, why.dated);
}

}  // namespace

void ExplainCommand::setup(CommandSpec& spec) {
  spec.description =
      "Explains the score of an item for somebody: the interactions that carry it, in the order in which removing the "
      "next one costs the score most, and then those that count against it. Score drop is what the score loses when "
      "only that one is removed, and weight its share of all such losses over the history: nothing below 5 % is "
      "called a reason. Contribution, in JSON, is what is lost when it is removed after those before it. Attention is "
      "the model's attention weight, which is the same for every candidate and so explains nothing by itself. Items "
      "rated low are never reasons. --why-not gives an item's rank, what is missing (similar items, as if each had "
      "been consumed last) and what counts against it. 'infodiet evaluate --explanations' measures how faithful "
      "reasons are.";
  spec.example = "infodiet explain --db world.db --user reader-1 --item article-7";
  spec.options.text({.name = "user", .value = "ID", .help = "the person, by the imported id", .required = true}, user_);
  spec.options.text({.name = "item", .value = "ID", .help = "the item, by its id or its complete title"}, item_);
  spec.options.text({.name = "why-not", .value = "ID", .help = "explain instead why an item is not in the list"},
                    why_not_);
  spec.options.integer({.name = "k", .value = "N", .help = "how many history items to show"}, k_,
                       {.minimum = 1, .maximum = 1000000});
  add_model_option(spec.options, model_);
  liked_.add_to(spec.options, "as the model was trained, else middle");
}

ExitCode ExplainCommand::run(const Context& context) {
  if (item_.has_value() == why_not_.has_value()) {
    throw UsageError("which item? give --item ID to explain its score, or --why-not ID to explain its rank");
  }
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const rl::View view(db, rl::Loading::as_needed, model_, liked_.liking());
  engine::ThreadPool pool(context.shared.threads);
  const Console& console = context.console;
  const rl::Profile profile = view.stored_profile(user_, "--user");
  const recsys::ItemTable& items = view.items();
  if (why_not_) {
    const recsys::ItemIndex item = view.item(*why_not_, "--why-not");
    const rl::WhyNot why = rl::why_not(view, pool, profile, item, k_);
    if (console.json()) {
      console.print_json(to_json(why, items, user_, item));
    } else {
      print_why_not(console, why, items, item, user_);
    }
    return ExitCode::done;
  }
  const recsys::ItemIndex item = view.item(*item_, "--item");
  const rl::Explanation explanation = rl::explain(view, pool, profile, item, k_);
  if (console.json()) {
    console.print_json(to_json(explanation, items, user_, item));
  } else {
    print_why(console, explanation, items, item, user_);
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_explain() {
  return std::make_unique<ExplainCommand>();
}

}  // namespace infodiet::tools
