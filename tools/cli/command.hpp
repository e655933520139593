// The interface of a command. A command is a source in tools/commands/, a line in commands.hpp and a row in table.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/distributed/communicator.hpp"
#include "tools/cli/exit_code.hpp"
#include "tools/cli/options.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// A topic too long for a command's help: `infodiet help COMMAND NAME` and the manual page show it.
struct HelpTopic {
  std::string name;
  std::string text;
};

/// What a command declares about itself.
struct CommandSpec {
  std::string description;  ///< a paragraph or two for --help
  std::string example;      ///< one command line that works on the sample world
  OptionSet options;        ///< except the shared ones
  std::vector<HelpTopic> topics = {};
};

/// Values of the options that every command has.
struct SharedOptions {
  std::string database = "infodiet.db";
  std::size_t threads = 0;  ///< 0: one for each processor
  std::uint64_t seed = 1;
};

/// The context of a command's run.
struct Context {
  SharedOptions shared;
  Console console;
  engine::Communicator& processes;  ///< those of the job, of which this is number 0
};

/// One command for one run of the program: `setup` binds options to members, then `run` uses them.
class Command {
 public:
  virtual ~Command() = default;
  virtual void setup(CommandSpec& spec) = 0;
  /// Does the work. Throws on errors, which main turns into messages and exit codes.
  virtual ExitCode run(const Context& context) = 0;
};

}  // namespace infodiet::tools
