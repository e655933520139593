// `infodiet sample`: the sample world, as files or into the database.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "rl/sample/sample_world.hpp"
#include "tools/cli/command.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/sample_database.hpp"
#include "tools/commands/sample_files.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class SampleCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  rl::SampleWorldOptions world_;
  std::optional<std::string> csv_folder_;
};

}  // namespace

void SampleCommand::setup(CommandSpec& spec) {
  spec.description =
      "Makes the sample world: readers with tastes, boredom and limited attention, articles with titles, topics, "
      "quality and clickbait, and who read what when. It is stored in the database, which is created if missing, or "
      "in files with --csv. The same --users, --items and --seed always make the same world.";
  spec.example = "infodiet sample --db world.db";
  spec.options.text({.name = "csv", .value = "DIR", .help = "write interactions.csv and items.csv there instead"},
                    csv_folder_);
  spec.options.integer({.name = "users", .value = "N", .help = "readers"}, world_.users,
                       {.minimum = 1, .maximum = rl::largest_sample_population});
  spec.options.integer({.name = "items", .value = "N", .help = "articles"}, world_.items,
                       {.minimum = rl::smallest_sample_catalogue, .maximum = rl::largest_sample_catalogue});
}

ExitCode SampleCommand::run(const Context& context) {
  world_.seed = context.shared.seed;
  const Console& console = context.console;
  const rl::SampleWorld world = rl::make_sample_world(world_);
  const std::string target = csv_folder_.value_or(context.shared.database);
  bool changed = true;
  if (csv_folder_) {
    write_sample_files(world, target);
  } else {
    changed = store_sample_world(world, world_, target, console) == SampleStored::yes;
  }

  if (console.json()) {
    console.print_json(Json{{"users", world.readers.size()},
                            {"items", world.articles.size()},
                            {"interactions", world.readings.size()},
                            {"changed", changed},
                            {"path", target}});
    return ExitCode::done;
  }
  console.print(fmt::format("{} readers, {} articles, {} interactions in {}{}", world.readers.size(),
                            world.articles.size(), world.readings.size(), printable(target),
                            changed ? "" : ": stored already, nothing changed"));
  return ExitCode::done;
}

std::unique_ptr<Command> make_sample() {
  return std::make_unique<SampleCommand>();
}

}  // namespace infodiet::tools
