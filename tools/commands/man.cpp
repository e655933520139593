#include "tools/commands/man.hpp"

#include <nlohmann/json.hpp>

#include "tools/cli/man_page.hpp"

namespace infodiet::tools {

void ManCommand::setup(CommandSpec& spec) {
  spec.description =
      "Prints the manual page, every command with its options, as man reads it: infodiet man | man -l -. Where the "
      "program was installed by 'cmake --install' the page lies in share/man/man1 and 'man infodiet' finds it.";
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

}  // namespace infodiet::tools
