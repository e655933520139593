// `infodiet find`: items by words of their titles, people by the start of their ids.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "recsys/store/title_index.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/commands/commands.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class FindCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::vector<std::string> words_;
  std::size_t k_ = 20;
};

constexpr std::size_t longest_quote = 60;

// Results cut off at the limit.
template <class Found>
bool cut(std::vector<Found>& found, std::size_t most) {
  if (found.size() <= most) return false;
  found.resize(most);
  return true;
}

Json json_of(const std::vector<recsys::FoundItem>& items, const std::vector<std::string>& users, bool more) {
  Json rows = Json::array();
  for (const recsys::FoundItem& item : items) rows.push_back({{"item", item.key}, {"title", item.title}});
  return {{"items", std::move(rows)}, {"users", users}, {"more", more}};
}

void print_found(const Console& console, const std::vector<recsys::FoundItem>& items,
                 const std::vector<std::string>& users) {
  if (!items.empty()) {
    Table table({{.title = "item"}, {.title = "title", .elastic = true}});
    for (const recsys::FoundItem& item : items) table.add({item.key, item.title});
    table.print(console);
  }
  if (!users.empty()) {
    Table table({{.title = "person"}});
    for (const std::string& user : users) table.add({user});
    if (!items.empty()) console.print("");
    table.print(console);
  }
}

}  // namespace

void FindCommand::setup(CommandSpec& spec) {
  spec.description =
      "Finds items whose titles contain all the given words, or words that begin with them, best match first, and "
      "people whose ids begin with the given text. Titles are matched without case and accents, ids exactly. Commands "
      "that take an item's id also take its title, if no other item has it.";
  spec.example = "infodiet find --db world.db gene switches";
  spec.options.positional(
      {.value = "WORD...", .help = "words of a title, or the beginning of a person's id", .required = true}, words_);
  spec.options.integer({.name = "k", .value = "N", .help = "how many of each to show"}, k_,
                       {.minimum = 1, .maximum = 1000000});
}

ExitCode FindCommand::run(const Context& context) {
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const Console& console = context.console;
  const std::string words = fmt::format("{}", fmt::join(words_, " "));
  const recsys::Snapshot snapshot(db);
  if (words.find_first_not_of(' ') == std::string::npos) {
    throw UsageError("nothing to find: give words of a title, or the beginning of a person's id");
  }
  std::vector<recsys::FoundItem> items = recsys::find_titles(db, words, k_ + 1);
  std::vector<std::string> users = recsys::find_users(db, words, k_ + 1);
  const bool more_items = cut(items, k_);
  const bool more_users = cut(users, k_);
  if (console.json()) {
    console.print_json(json_of(items, users, more_items || more_users));
    return ExitCode::done;
  }
  if (items.empty() && users.empty()) {
    console.print_prose(fmt::format("no title has the words '{0}', and no person's id begins with '{0}'",
                                    shorten(printable(words), longest_quote)));
    return ExitCode::done;
  }
  print_found(console, items, users);
  if (more_items || more_users) console.note(fmt::format("there are more than {}: -k N shows N of each", k_));
  return ExitCode::done;
}

std::unique_ptr<Command> make_find() {
  return std::make_unique<FindCommand>();
}

}  // namespace infodiet::tools
