// The table of commands; help, manual page and completion are made from it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

/// Whether `infodiet` without arguments shows the command.
enum class Audience { everyone, newcomer };

/// A row of the table.
struct CommandEntry {
  std::string_view name;
  std::string_view summary;  ///< a few words for lists
  Audience audience;
  std::unique_ptr<Command> (*make)();
};

/// All commands, in the order of help. The table is in tools/commands/table.cpp.
std::span<const CommandEntry> command_table();

/// The entry called `name`, or nullptr.
const CommandEntry* find_command(std::string_view name);

/// A command ready to run, with its options and those that all commands share.
struct PreparedCommand {
  const CommandEntry* entry;
  std::unique_ptr<Command> command;
  CommandSpec spec;
  std::size_t own_options = 0;  ///< of spec.options, those before the shared ones
  SharedOptions shared;
  ConsoleOptions console;
  bool help = false;
  bool version = false;
};

/// The command's own options, and the shared ones.
std::span<const OptionSet::Option> own_options(const PreparedCommand& prepared);
std::span<const OptionSet::Option> shared_options(const PreparedCommand& prepared);

/// Defaults from the environment: INFODIET_DB names the database.
SharedOptions defaults_here();

/// Makes the command and declares its options and the shared ones, bound to the members of the result (hence the
/// pointer: it must not move).
std::unique_ptr<PreparedCommand> prepare(const CommandEntry& entry, const SharedOptions& defaults);

}  // namespace infodiet::tools
