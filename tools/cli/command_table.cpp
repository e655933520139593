#include "tools/cli/command_table.hpp"

#include <algorithm>
#include <cstdlib>

namespace infodiet::tools {
namespace {

void declare_shared_options(PreparedCommand& prepared) {
  OptionSet& options = prepared.spec.options;
  options.text({.name = "db", .value = "FILE", .help = "the database (or set INFODIET_DB)", .known = {"*.db"}},
               prepared.shared.database);
  options.flag({.name = "json", .help = "print the result as one JSON document"}, prepared.console.json);
  options.flag({.name = "quiet", .help = "print no progress or messages, only errors"}, prepared.console.quiet);
  options.integer({.name = "threads", .value = "N", .help = "threads to use; 0: one for each processor"},
                  prepared.shared.threads, {.minimum = 0, .maximum = 1024});
  options.integer({.name = "seed", .value = "N", .help = "seed of all randomness: same seed, same result"},
                  prepared.shared.seed);
  options.flag({.name = "help", .letter = 'h', .help = "show this"}, prepared.help);
  options.flag({.name = "version", .letter = 'V', .help = "show the version"}, prepared.version);
}

}  // namespace

const CommandEntry* find_command(std::string_view name) {
  const std::span<const CommandEntry> table = command_table();
  const auto entry = std::find_if(table.begin(), table.end(), [&](const CommandEntry& e) { return e.name == name; });
  return entry == table.end() ? nullptr : &*entry;
}

std::span<const OptionSet::Option> own_options(const PreparedCommand& prepared) {
  return std::span(prepared.spec.options.options()).first(prepared.own_options);
}

std::span<const OptionSet::Option> shared_options(const PreparedCommand& prepared) {
  return std::span(prepared.spec.options.options()).subspan(prepared.own_options);
}

SharedOptions defaults_here() {
  SharedOptions defaults;
  const char* database = std::getenv("INFODIET_DB");
  if (database != nullptr && *database != '\0') defaults.database = database;
  return defaults;
}

std::unique_ptr<PreparedCommand> prepare(const CommandEntry& entry, const SharedOptions& defaults) {
  auto prepared = std::make_unique<PreparedCommand>();
  prepared->shared = defaults;
  prepared->entry = &entry;
  prepared->command = entry.make();
  prepared->command->setup(prepared->spec);
  prepared->own_options = prepared->spec.options.options().size();
  declare_shared_options(*prepared);
  return prepared;
}

}  // namespace infodiet::tools
