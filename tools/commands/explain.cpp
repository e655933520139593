// `infodiet explain`: why an item suits somebody, or does not.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rl/answers/explain.hpp"
#include "tools/cli/command.hpp"
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
  std::string item_;
  std::size_t k_ = 10;
  std::optional<std::int64_t> model_;
};

Table table_of(const std::vector<rl::Grounds>& side, const std::vector<recsys::Item>& items, bool dated) {
  std::vector<Column> columns = {{.title = "item"},
                                 {.title = "title", .elastic = true},
                                 {.title = "weight", .align = Align::right},
                                 {.title = "score drop", .align = Align::right},
                                 {.title = "attention", .align = Align::right}};
  if (dated) columns.insert(columns.begin() + 2, {.title = "when"});
  Table table(std::move(columns));
  for (const rl::Grounds& grounds : side) {
    std::vector<std::string> cells = {
        items[grounds.item].key, items[grounds.item].label(), fmt::format("{:.1f} %", 100 * grounds.reason.share),
        fmt::format("{:.3f}", grounds.reason.score_drop), fmt::format("{:.1f} %", 100 * grounds.attention)};
    if (dated) cells.insert(cells.begin() + 2, date_text(*grounds.time));
    table.add(std::move(cells));
  }
  return table;
}

}  // namespace

void ExplainCommand::setup(CommandSpec& spec) {
  spec.description =
      "Says why an item has its score for somebody: the interactions that carry it, in the order in which taking out "
      "the "
      "next one costs the score most, and apart from them those that speak against it. Score drop is what the score "
      "loses "
      "when that one alone goes, and weight that as a share of all such losses over the whole history: nothing below 5 "
      "% "
      "is called a reason. Contribution, in JSON, is what is lost when it goes after those before it. Attention is how "
      "much the model looks at it, which is the same for every candidate and so is no reason by itself. 'infodiet "
      "evaluate --explanations' measures how true this is.";
  spec.example = "infodiet explain --db world.db --user reader-1 --item article-7";
  spec.options.text({.name = "user", .value = "ID", .help = "who, by the id imported", .required = true}, user_);
  spec.options.text({.name = "item", .value = "ID", .help = "which item", .required = true}, item_);
  spec.options.integer({.name = "k", .value = "N", .help = "how many history items to show"}, k_,
                       {.minimum = 1, .maximum = 1000000});
  add_model_option(spec.options, model_);
}

ExitCode ExplainCommand::run(const Context& context) {
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const rl::View view(db, rl::Loading::as_needed, model_);
  engine::ThreadPool pool(context.shared.threads);
  const rl::Profile profile = view.stored_profile(user_, "--user");
  const recsys::ItemIndex item = view.item(item_, "--item");
  const rl::Explanation explanation = rl::explain(view, pool, profile, item, k_);
  const std::vector<recsys::Item>& items = view.items();
  const Console& console = context.console;
  if (console.json()) {
    console.print_json(to_json(explanation, items, user_, item));
    return ExitCode::done;
  }
  const std::string chance =
      explanation.chance ? fmt::format(", a chance of {:.2f} %,", 100 * *explanation.chance) : std::string();
  console.print_prose(fmt::format("{} scores {:.3f}{} for {}", items[item].label(), explanation.score, chance, user_));
  if (explanation.because.empty()) {
    console.print_prose(fmt::format("no interaction alone carries {:.0f} % of it", 100 * recsys::least_share));
  } else {
    console.print("what speaks for it:");
    table_of(explanation.because, items, explanation.dated).print(console);
  }
  if (!explanation.against.empty()) {
    console.print("what speaks against it:");
    table_of(explanation.against, items, explanation.dated).print(console);
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_explain() {
  return std::make_unique<ExplainCommand>();
}

}  // namespace infodiet::tools
