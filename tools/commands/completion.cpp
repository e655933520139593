// `infodiet completion SHELL`: completion for shells.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
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
      "Prints a script that makes a shell complete commands, options, databases and the names of models, policies, "
      "environments and settings. For the current shell: source <(infodiet completion bash), the same with zsh, or "
      "infodiet completion fish | source. For every new shell put that line into ~/.bashrc, ~/.zshrc (after compinit) "
      "or ~/.config/fish/config.fish. If the program was installed by 'cmake --install', shells find the scripts by "
      "themselves.";
  spec.example = "infodiet completion bash > infodiet.bash";
  spec.options.positional({.value = "SHELL",
                           .help = fmt::format("which shell: {}", fmt::join(completion_shells(), ", ")),
                           .required = true,
                           .known = completion_shells()},
                          shells_);
}

ExitCode CompletionCommand::run(const Context& context) {
  const std::vector<std::string> known = completion_shells();
  if (shells_.size() != 1 || std::find(known.begin(), known.end(), shells_.front()) == known.end()) {
    throw UsageError(
        fmt::format("there is completion for {}, but not for '{}'", fmt::join(known, ", "), printable(shells_.back())));
  }
  const std::string script = completion(shells_.front());
  if (context.console.json()) {
    context.console.print_json(Json{{"shell", shells_.front()}, {"script", script}});
  } else {
    context.console.print(script);
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_completion() {
  return std::make_unique<CompletionCommand>();
}

}  // namespace infodiet::tools
