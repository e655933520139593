// `infodiet diet`: the information-diet label of a person, or the distribution over everybody.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "recsys/errors.hpp"
#include "rl/answers/diet_label.hpp"
#include "rl/diet/items.hpp"
#include "rl/diet/people.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/history_options.hpp"
#include "tools/commands/commands.hpp"
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

constexpr std::size_t most_people_compared = 200;
constexpr std::size_t topics_shown = 5;
constexpr std::size_t topic_bar = 30;

Json json_of(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json plate_json(const rl::Plate& plate) {
  return {{"items", plate.items},
          {"effective_topics", json_of(plate.effective_topics)},
          {"simpson", json_of(plate.simpson)},
          {"gini", json_of(plate.gini)},
          {"coverage", json_of(plate.coverage)},
          {"majority_share", json_of(plate.majority_share)},
          {"intra_list_diversity", json_of(plate.intra_list_diversity)},
          {"novelty", json_of(plate.novelty)},
          {"nutrition", json_of(plate.nutrition)},
          {"sugar", json_of(plate.sugar)},
          {"minutes", json_of(plate.minutes)}};
}

Json topics_json(const std::optional<std::vector<double>>& shares, const rl::DataWorld& world) {
  if (!shares) return nullptr;
  Json json = Json::object();
  for (std::size_t g = 0; g < shares->size(); ++g) json[world.topics[g]] = (*shares)[g];
  return json;
}

void print_topics(const Console& console, const std::vector<double>& shares, const rl::DataWorld& world) {
  std::vector<std::size_t> order(shares.size());
  for (std::size_t g = 0; g < order.size(); ++g) order[g] = g;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return shares[a] > shares[b]; });
  Table table({{.title = "topic", .elastic = true}, {.title = "share", .align = Align::right}, {.title = ""}});
  for (std::size_t k = 0; k < std::min(topics_shown, order.size()) && shares[order[k]] > 0; ++k) {
    const double share = shares[order[k]];
    table.add({world.topics[order[k]], fmt::format("{:.0f} %", 100 * share), bar(share, topic_bar)});
  }
  table.print(console);
  console.print("");
}

ExitCode label(const Context& context, const recsys::Database& db, const std::string& key) {
  const std::int64_t id = require_user(db, key);
  const rl::DataWorld world = rl::load_data_world(db);
  const auto user = static_cast<std::size_t>(
      std::lower_bound(world.data.user_ids.begin(), world.data.user_ids.end(), id) - world.data.user_ids.begin());
  if (world.data.history(user).size() == 0) {
    throw recsys::DataError(fmt::format("user '{}' has taken in nothing yet, so there is no diet to show", key));
  }
  engine::ThreadPool pool(context.shared.threads);
  const rl::Population population = rl::population_of(world, pool);
  const rl::Diet diet = rl::diet_of_user(world, user, rl::Available::catalogue);
  const rl::Plate shown = rl::plate_shown(*rl::trained_recommender(db, world.data), world, user);
  const rl::Calibration shown_calibration = rl::calibration_of(diet.interest, shown);
  const std::vector<std::string> sentences = rl::advice(world, diet, population);
  const std::span<const rl::LabelMetric> metrics = rl::label_metrics();

  if (context.console.json()) {
    Json result = {{"user", key}, {"items", diet.consumed.items}};
    Json grades = Json::object();
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      const std::optional<double> value = metrics[m].value(diet);
      result[metrics[m].key] = json_of(value);
      const std::optional<char> mark = value ? rl::grade(population, m, *value) : std::nullopt;
      grades[metrics[m].key] =
          mark ? Json{{"grade", std::string(1, *mark)}, {"better_than", population.better_than(m, *value)}}
               : Json(nullptr);
    }
    result["simpson"] = json_of(diet.consumed.simpson);
    result["gini"] = json_of(diet.consumed.gini);
    result["minutes"] = json_of(diet.consumed.minutes);
    result["overload"] = nullptr;  // nobody knows how much they meant to take in
    result["calibration"] = json_of(diet.consumed_calibration.divergence);
    result["calibration_distance"] = json_of(diet.consumed_calibration.distance);
    result["grades"] = std::move(grades);
    result["topics"] = topics_json(diet.consumed.shares, world);
    result["interest"] = topics_json(diet.interest.empty() ? std::nullopt : std::optional(diet.interest), world);
    result["available"] = plate_json(diet.available);
    result["shown"] = plate_json(shown);
    result["shown"]["calibration"] = json_of(shown_calibration.divergence);
    result["shown"]["calibration_distance"] = json_of(shown_calibration.distance);
    result["advice"] = sentences;
    context.console.print_json(result);
    return ExitCode::done;
  }

  const Console& console = context.console;
  console.print(console.bold(fmt::format("The information diet of {}: the last {} of {} items", printable(key),
                                         diet.consumed.items, world.data.history(user).size())));
  if (diet.consumed.shares) print_topics(console, *diet.consumed.shares, world);
  Table table({{.title = "figure"},
               {.title = "value", .align = Align::right},
               {.title = "middle", .align = Align::right},
               {.title = "grade"},
               {.title = "what it means", .elastic = true, .wraps = true}});
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    const std::optional<double> value = metrics[m].value(diet);
    if (!value) continue;
    const std::optional<char> mark = rl::grade(population, m, *value);
    table.add({metrics[m].title, fmt::format("{:.2f}", *value), fmt::format("{:.2f}", population.quantile(m, 0.5)),
               mark ? std::string(1, *mark) : "", metrics[m].meaning});
  }
  table.print(console);
  console.print_prose(
      "Grades compare with everybody here: A is the best fifth, E the last; middle is the person in the "
      "middle.");
  if (shown.effective_topics && diet.available.effective_topics) {
    console.print_prose(
        fmt::format("Of {:.1f} topics available, {:.1f} are taken in and {:.1f} would be recommended now.",
                    *diet.available.effective_topics, *diet.consumed.effective_topics, *shown.effective_topics));
  }
  for (const std::string& sentence : sentences) console.print_prose(sentence);
  return ExitCode::done;
}

ExitCode distribution(const Context& context, const recsys::Database& db) {
  const rl::DataWorld world = rl::load_data_world(db);
  engine::ThreadPool pool(context.shared.threads);
  const rl::Population population = rl::population_of(world, pool);
  std::vector<std::vector<double>> shares;
  for (std::size_t user = 0; user < world.data.users() && shares.size() < most_people_compared; ++user) {
    if (world.data.history(user).size() == 0) continue;
    const rl::Diet diet = rl::diet_of_user(world, user);
    if (diet.consumed.shares) shares.push_back(*diet.consumed.shares);
  }
  const std::optional<double> fragmentation = rl::fragmentation(shares);
  const std::span<const rl::LabelMetric> metrics = rl::label_metrics();

  Json result = {{"users", world.data.users()}};
  Table table({{.title = "figure"},
               {.title = "people", .align = Align::right},
               {.title = "lowest tenth", .align = Align::right},
               {.title = "middle", .align = Align::right},
               {.title = "highest tenth", .align = Align::right},
               {.title = "what it means", .elastic = true, .wraps = true}});
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    const std::vector<double>& all = population.values[m];
    if (all.empty()) {
      result[metrics[m].key] = nullptr;
      continue;
    }
    double sum = 0;
    for (const double value : all) sum += value;
    result[metrics[m].key] = {{"people", all.size()},
                              {"mean", sum / static_cast<double>(all.size())},
                              {"p10", population.quantile(m, 0.1)},
                              {"median", population.quantile(m, 0.5)},
                              {"p90", population.quantile(m, 0.9)}};
    table.add({metrics[m].title, std::to_string(all.size()), fmt::format("{:.2f}", population.quantile(m, 0.1)),
               fmt::format("{:.2f}", population.quantile(m, 0.5)), fmt::format("{:.2f}", population.quantile(m, 0.9)),
               metrics[m].meaning});
  }
  result["fragmentation"] = json_of(fragmentation);
  if (context.console.json()) {
    context.console.print_json(result);
    return ExitCode::done;
  }
  table.print(context.console);
  if (fragmentation) {
    context.console.print_prose(
        fmt::format("Fragmentation {:.2f}: how different two people's topics are on average, from 0 "
                    "(the same) to 1 (nothing in common), over {} people.",
                    *fragmentation, shares.size()));
  }
  return ExitCode::done;
}

}  // namespace

void DietCommand::setup(CommandSpec& spec) {
  spec.description = fmt::format(
      "The information diet of a person as a label: how varied, nourishing, sweet and new the last {} items they took "
      "in are, what each figure means, a grade against everybody else, and two sentences of advice. With --all, how "
      "the figures are spread over everybody. An attribute that no item has leaves its figure out.",
      rl::label_items);
  spec.example = "infodiet diet --db world.db --user reader-1";
  spec.options.text({.name = "user", .value = "ID", .help = "whose, by the id imported"}, user_);
  spec.options.flag({.name = "all", .help = "everybody's, as a distribution"}, all_);
}

ExitCode DietCommand::run(const Context& context) {
  if (user_.has_value() == all_) throw UsageError("whose diet? name somebody with --user ID, or give --all");
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const recsys::Snapshot snapshot(db);
  return all_ ? distribution(context, db) : label(context, db, *user_);
}

std::unique_ptr<Command> make_diet() {
  return std::make_unique<DietCommand>();
}

}  // namespace infodiet::tools
