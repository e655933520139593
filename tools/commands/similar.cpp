// `infodiet similar`: the neighbours of an item.

#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "rl/answers/similar.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/filter_options.hpp"
#include "tools/commands/commands.hpp"
#include "tools/json/answers.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class SimilarCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string item_;
  std::size_t k_ = 10;
  FilterOptions filter_;
};

}  // namespace

void SimilarCommand::setup(CommandSpec& spec) {
  spec.description =
      "Lists the items whose vectors in the attention model are closest to an item's: items that it expects in "
      "similar situations. The figure is the cosine of the two vectors; 1 means the same direction.";
  spec.example = "infodiet similar --db world.db --item article-7 -k 5";
  spec.options.text({.name = "item", .value = "ID", .help = "the item", .required = true}, item_);
  spec.options.integer({.name = "k", .value = "N", .help = "number of items"}, k_, {.minimum = 1, .maximum = 1000000});
  filter_.add_to(spec.options);
}

ExitCode SimilarCommand::run(const Context& context) {
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const rl::View view(db);
  const recsys::ItemIndex item = view.item(item_, "--item");
  const rl::Similar similar = rl::similar(view, item, k_, filter_.filter(view, context.console));
  const recsys::ItemTable& items = view.items();
  const Console& console = context.console;
  if (console.json()) {
    console.print_json(to_json(similar, items, item));
    return ExitCode::done;
  }
  if (!similar.trained) {
    console.print_prose(fmt::format(
        "{} came after the last training, so it has no vector of its own yet; by its topics it is similar to:",
        printable(items[item].label())));
  } else {
    console.print_prose(fmt::format("like {}:", printable(items[item].label())));
  }
  if (similar.items.empty()) {
    console.print_prose(printable(similar.nothing));
    return ExitCode::done;
  }
  Table table({{.title = "rank", .align = Align::right},
               {.title = "item"},
               {.title = "title", .elastic = true},
               {.title = "similarity", .align = Align::right}});
  for (std::size_t i = 0; i < similar.items.size(); ++i) {
    const recsys::ItemRow neighbour = items[similar.items[i].item];
    table.add({fmt::format("{}", i + 1), std::string(neighbour.key), std::string(neighbour.label()),
               fmt::format("{:.3f}", similar.items[i].score)});
  }
  table.print(console);
  return ExitCode::done;
}

std::unique_ptr<Command> make_similar() {
  return std::make_unique<SimilarCommand>();
}

}  // namespace infodiet::tools
