#include "tools/cli/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "engine/distributed/orders.hpp"
#include "recsys/store/database.hpp"
#include "recsys/suggest.hpp"
#include "tools/cli/command_table.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/help.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {
namespace {

constexpr std::size_t longest_help_line = 96;

const CommandEntry& known_command(const std::string& name) {
  if (const CommandEntry* entry = find_command(name)) return *entry;
  std::vector<std::string> names{"help", "version"};
  for (const CommandEntry& entry : command_table()) names.emplace_back(entry.name);
  throw UsageError(fmt::format("unknown command '{}'{}", printable(name), recsys::suggestion(name, names)));
}

std::size_t help_width(const Console& console) {
  return std::min(console.width(), longest_help_line);
}

void show_help(const PreparedCommand& prepared, const Console& console) {
  console.print(command_help(prepared, help_width(console)));
}

void show_topic(const PreparedCommand& prepared, const std::string& name, const Console& console) {
  std::vector<std::string> names;
  for (const HelpTopic& topic : prepared.spec.topics) {
    names.push_back(topic.name);
    if (topic.name != name) continue;
    console.print(wrap(topic.text, help_width(console), 0));
    return;
  }
  if (names.empty()) throw UsageError(fmt::format("unexpected argument '{}'", printable(name)));
  throw UsageError(fmt::format("{} has no topic '{}'{}; it has {}", prepared.entry->name, printable(name),
                               recsys::suggestion(name, names), fmt::join(names, ", ")));
}

ExitCode run_command(const CommandEntry& entry, std::span<const std::string> arguments,
                     engine::Communicator& processes) {
  const auto prepared = prepare(entry, defaults_here());
  const std::vector<std::string> missing = prepared->spec.options.parse(arguments);
  const Console console(prepared->console);
  if (prepared->help) {
    show_help(*prepared, console);
    return ExitCode::done;
  }
  if (prepared->version) {
    console.print(version_line());
    return ExitCode::done;
  }
  if (!missing.empty()) throw UsageError(fmt::format("{} is missing", fmt::join(missing, ", ")));
  if (!console.quiet()) {
    recsys::observe_waiting([] { Console({}).note("waiting for another process that is writing to the database"); });
  }
  engine::give_threads(processes, prepared->shared.threads);
  const ExitCode code =
      prepared->command->run({.shared = prepared->shared, .console = console, .processes = processes});
  if (const std::size_t refused = engine::ThreadPool::refused_threads()) {
    console.warn(
        fmt::format("the system did not start {} of the requested threads: the result is the same, but took longer; "
                    "see 'ulimit -u', 'ulimit -v' and --threads",
                    refused));
  }
  return code;
}

bool is_version(const std::string& word) {
  return word == "version" || word == "--version" || word == "-V";
}

ExitCode run_without_command(const std::string& option, std::span<const std::string> rest) {
  const Console console({});
  const bool version = is_version(option);
  const std::size_t most = version ? 0 : option == "help" ? 2 : 1;
  if (rest.size() > most) throw UsageError(fmt::format("unexpected argument '{}'", printable(rest[most])));
  if (version) {
    console.print(version_line());
  } else if (rest.empty()) {
    console.print(command_list(help_width(console)));
  } else if (rest.size() == 1) {
    show_help(*prepare(known_command(rest.front()), defaults_here()), console);
  } else {
    show_topic(*prepare(known_command(rest.front()), defaults_here()), rest[1], console);
  }
  return ExitCode::done;
}

}  // namespace

ExitCode run_program(std::span<const std::string> arguments, engine::Communicator& processes) {
  if (arguments.empty()) {
    const Console console({});
    console.print(overview(help_width(console)));
    return ExitCode::done;
  }
  const std::string& first = arguments.front();
  const std::span rest = arguments.subspan(1);
  if (first == "help" || first == "--help" || first == "-h" || is_version(first)) {
    return run_without_command(first, rest);
  }
  if (first.starts_with('-')) {
    const std::vector<std::string> alone{"--help", "--version"};
    throw UsageError(fmt::format("expected a command before '{}': options come after it{}", printable(first),
                                 recsys::suggestion(first, alone)));
  }
  return run_command(known_command(first), rest, processes);
}

}  // namespace infodiet::tools
