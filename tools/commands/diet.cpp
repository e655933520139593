// `infodiet diet`: the information-diet label of a person, or the distribution over everybody.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "rl/answers/diet.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/commands/commands.hpp"
#include "tools/json/answers.hpp"
#include "tools/terminal/spark.hpp"
#include "tools/terminal/table.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class DietCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::optional<std::string> user_;
  bool all_ = false;
};

constexpr std::size_t topics_shown = 5;
constexpr std::size_t topic_bar = 30;

void print_topics(const Console& console, const std::vector<double>& shares, const std::vector<std::string>& topics) {
  std::vector<std::size_t> order(shares.size());
  for (std::size_t g = 0; g < order.size(); ++g) order[g] = g;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return shares[a] > shares[b]; });
  Table table({{.title = "topic", .elastic = true}, {.title = "share", .align = Align::right}, {.title = ""}});
  for (std::size_t k = 0; k < std::min(topics_shown, order.size()) && shares[order[k]] > 0; ++k) {
    const double share = shares[order[k]];
    table.add({topics[order[k]], fmt::format("{:.0f} %", 100 * share), bar(share, topic_bar)});
  }
  table.print(console);
  console.print("");
}

// Names of the figures that this history lacks.
std::string names_of_missing(const rl::DietLabel& label) {
  std::vector<std::string> names;
  for (const rl::LabelLine& line : label.lines) {
    if (!line.value) names.emplace_back(line.metric->title);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

void print_label(const Console& console, const std::string& key, const rl::DietLabel& label,
                 const std::vector<std::string>& topics) {
  const rl::Diet& diet = label.diet;
  console.print(console.bold(fmt::format("The information diet of {}: the last {} of {} items", called(printable(key)),
                                         diet.consumed.items, label.consumed)));
  if (diet.consumed.shares) print_topics(console, *diet.consumed.shares, topics);
  Table table({{.title = "figure"},
               {.title = "value", .align = Align::right},
               {.title = "median", .align = Align::right},
               {.title = "grade"},
               {.title = "what it means", .elastic = true}});
  for (const rl::LabelLine& line : label.lines) {
    if (!line.value) continue;
    table.add({line.metric->title, fmt::format("{:.2f}", *line.value), fmt::format("{:.2f}", line.middle),
               line.grade ? std::string(1, *line.grade) : "", line.metric->meaning});
  }
  table.print(console);
  if (const std::string missing = names_of_missing(label); !missing.empty()) {
    console.print_prose(
        fmt::format("Unknown for this history: {}. They need a longer history, or items with topics, quality or "
                    "clickbait, which 'infodiet import' adds from a file of items.",
                    missing));
  }
  console.print_prose(
      "Grades and medians compare with people whose history is about as long: A is the best fifth, E the last.");
  if (diet.stretches.count > 0) {
    console.print_prose(fmt::format(
        "Figures about topics are means over stretches of {} consecutive items, so that short and long histories "
        "compare.",
        diet.stretches.size));
  }
  if (label.variety) {
    console.print_prose(fmt::format(
        "{} random draws are as varied as {:.1f} evenly mixed topics if drawn from everything available, {:.1f} from "
        "what was consumed and {:.1f} from what would be recommended now.",
        label.variety->draws, label.variety->available, label.variety->consumed, label.variety->shown));
  }
  if (std::none_of(label.lines.begin(), label.lines.end(), [](const auto& line) { return line.grade.has_value(); })) {
    console.print_prose(label.what_is_missing());
  }
  for (const std::string& sentence : label.advice) console.print_prose(sentence);
}

void print_spread(const Console& console, const rl::DietSpread& spread) {
  Table table({{.title = "figure"},
               {.title = "people", .align = Align::right},
               {.title = "lowest tenth", .align = Align::right},
               {.title = "median", .align = Align::right},
               {.title = "highest tenth", .align = Align::right},
               {.title = "what it means", .elastic = true}});
  for (const rl::LabelSpread& line : spread.lines) {
    if (line.people == 0) continue;
    table.add({line.metric->title, std::to_string(line.people), fmt::format("{:.2f}", line.lowest_tenth),
               fmt::format("{:.2f}", line.median), fmt::format("{:.2f}", line.highest_tenth), line.metric->meaning});
  }
  table.print(console);
  if (spread.fragmentation) {
    console.print_prose(
        fmt::format("Fragmentation {:.2f}: how different two people's topics are on average, from 0 "
                    "(the same) to 1 (nothing in common), over {} people.",
                    *spread.fragmentation, spread.people_compared));
  }
}

}  // namespace

void DietCommand::setup(CommandSpec& spec) {
  spec.description = fmt::format(
      "The information diet of a person as a label: how varied, nourishing, sweet and novel the last {} items they "
      "consumed are, what each figure means, a grade compared with people who have a history of about the same "
      "length, and up to two sentences of advice, each tested on the diet first. With --all, the distribution of the "
      "figures over everybody. Figures whose attribute no item has are left out.",
      rl::label_items);
  spec.example = "infodiet diet --db world.db --user reader-1";
  spec.options.text({.name = "user", .value = "ID", .help = "the person, by the imported id"}, user_);
  spec.options.flag({.name = "all", .help = "everybody's diet, as a distribution"}, all_);
}

ExitCode DietCommand::run(const Context& context) {
  if (user_.has_value() == all_) throw UsageError("whose diet? give --user ID or --all");
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const rl::View view(db);
  engine::ThreadPool pool(context.shared.threads);
  const Console& console = context.console;
  if (all_) {
    const rl::DietSpread spread = rl::diet_spread(view, pool);
    if (console.json()) {
      console.print_json(to_json(spread));
    } else {
      print_spread(console, spread);
    }
    return ExitCode::done;
  }
  const rl::DietLabel label = rl::diet_label(view, pool, view.stored_profile(*user_, "--user"));
  const std::vector<std::string>& topics = view.topics().names;
  if (console.json()) {
    console.print_json(to_json(label, *user_, topics));
  } else {
    print_label(console, *user_, label, topics);
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_diet() {
  return std::make_unique<DietCommand>();
}

}  // namespace infodiet::tools
