// `infodiet completion bash`: what makes a shell complete what is typed.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/cli/command.hpp"
#include "tools/cli/completion.hpp"
#include "tools/cli/errors.hpp"
#include "tools/commands/commands.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class CompletionCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::vector<std::string> shells_;
};

}  // namespace

void CompletionCommand::setup(CommandSpec& spec) {
  spec.description =
      "Prints a script that makes bash complete commands, options, databases and the names of models, policies, "
      "environments and settings. For the shell at hand: source <(infodiet completion bash). For every new one put "
      "that "
      "line into ~/.bashrc; where the program was installed by 'cmake --install' the script lies in "
      "share/bash-completion/completions and is found by itself.";
  spec.example = "infodiet completion bash > infodiet.bash";
  spec.options.positional({.value = "SHELL", .help = "which shell: bash", .required = true, .known = {"bash"}},
                          shells_);
}

ExitCode CompletionCommand::run(const Context& context) {
  if (shells_.size() != 1 || shells_.front() != "bash") {
    throw UsageError(fmt::format("there is completion for bash, but not for '{}'", printable(shells_.back())));
  }
  const std::string script = bash_completion();
  if (context.console.json()) {
    context.console.print_json(Json{{"shell", "bash"}, {"script", script}});
  } else {
    context.console.print(script);
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_completion() {
  return std::make_unique<CompletionCommand>();
}

}  // namespace infodiet::tools
