// `infodiet man`: the manual page.

#include <nlohmann/json.hpp>

#include "tools/cli/command.hpp"
#include "tools/cli/man_page.hpp"
#include "tools/commands/commands.hpp"

namespace infodiet::tools {

namespace {

class ManCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;
};

}  // namespace

void ManCommand::setup(CommandSpec& spec) {
  spec.description =
      "Prints the manual page, every command with its options, as man reads it: infodiet man | man -l -. If the "
      "program was installed by 'cmake --install', 'man infodiet' shows it.";
  spec.example = "infodiet man > infodiet.1";
}

ExitCode ManCommand::run(const Context& context) {
  const std::string page = man_page();
  if (context.console.json()) {
    context.console.print_json(Json{{"page", page}});
  } else {
    context.console.print(page);
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_man() {
  return std::make_unique<ManCommand>();
}

}  // namespace infodiet::tools
