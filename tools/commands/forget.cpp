// `infodiet forget`: a person and everything that tells of them.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "recsys/store/forget.hpp"
#include "recsys/store/lookup.hpp"
#include "tools/cli/command.hpp"
#include "tools/commands/commands.hpp"

namespace infodiet::tools {

namespace {

class ForgetCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string user_;
};

}  // namespace

void ForgetCommand::setup(CommandSpec& spec) {
  spec.description =
      "Deletes a person with their interactions, simulated sessions and every rejected row that names them, overwrites "
      "what they took in the file and rebuilds it, so that the bytes of their id are left nowhere. This cannot be "
      "undone. Models that were trained with them are kept and marked; 'infodiet train' makes one that never saw them. "
      "Needs as much free space as the file is large.";
  spec.example = "infodiet forget --db world.db --user reader-1";
  spec.options.text({.name = "user", .value = "ID", .help = "who, by the id imported", .required = true}, user_);
}

ExitCode ForgetCommand::run(const Context& context) {
  recsys::Database db(context.shared.database, recsys::OpenMode::read_write);
  const std::optional<recsys::Forgotten> forgotten = recsys::forget_user(db, user_);
  if (!forgotten) throw recsys::unknown_user(db, user_, "--user");
  const Console& console = context.console;
  if (console.json()) {
    console.print_json(Json{{"user", user_},
                            {"interactions", forgotten->interactions},
                            {"sessions", forgotten->sessions},
                            {"steps", forgotten->steps},
                            {"rejects", forgotten->rejects},
                            {"models_marked", forgotten->models_marked}});
    return ExitCode::done;
  }
  console.print_prose(fmt::format("forgot {}: {} interactions, {} sessions with {} steps, {} rejected rows", user_,
                                  forgotten->interactions, forgotten->sessions, forgotten->steps, forgotten->rejects));
  if (forgotten->models_marked > 0) {
    console.print_prose(
        fmt::format("{} stored model{} trained with them, and now marked so; 'infodiet train' makes one without",
                    forgotten->models_marked, forgotten->models_marked == 1 ? " was" : "s were"));
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_forget() {
  return std::make_unique<ForgetCommand>();
}

}  // namespace infodiet::tools
