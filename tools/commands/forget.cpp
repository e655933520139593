// `infodiet forget`: deletes a person and every trace of them.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "recsys/errors.hpp"
#include "recsys/store/forget.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/shell_word.hpp"
#include "tools/commands/commands.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class ForgetCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string user_;
};

// A model or file that still contains somebody.
struct Remembering {
  std::string kind;
  std::string what;
  std::string ends;  // the command that ends that
};

std::string retraining(const recsys::ModelRecord& model, const std::string& database) {
  const std::string file = shell_word(database);
  if (!model.name.starts_with(recsys::agent_model_prefix)) return fmt::format("infodiet train --db {}", file);
  return fmt::format("infodiet simulate --db {} --environment {} --policy agent --learn", file,
                     model.name.substr(recsys::agent_model_prefix.size()));
}

std::vector<Remembering> what_remembers(const recsys::Database& db, const recsys::Forgotten& forgotten) {
  std::vector<Remembering> found;
  for (const recsys::ModelRecord& model : recsys::list_models(db)) {
    if (model.state != recsys::ModelState::published || model.forgotten_users == 0) continue;
    found.push_back({"model", fmt::format("model {} (id {})", model.name, model.id), retraining(model, db.path())});
  }
  for (const recsys::Output& output : forgotten.outputs) {
    found.push_back({output.kind, output.path, fmt::format("rm -r {}", shell_word(output.path))});
  }
  return found;
}

Json json_of(const std::string& user, const recsys::Forgotten& forgotten, const std::vector<Remembering>& remembering) {
  Json still = Json::array();
  for (const Remembering& one : remembering) {
    still.push_back({{"kind", one.kind}, {"what", one.what}, {"ends", one.ends}});
  }
  return {{"user", user},
          {"interactions", forgotten.interactions},
          {"sessions", forgotten.sessions},
          {"steps", forgotten.steps},
          {"slates", forgotten.slates},
          {"rejects", forgotten.rejects},
          {"models_marked", forgotten.models_marked},
          {"checkpoints_deleted", forgotten.checkpoints_deleted},
          {"remembering", std::move(still)}};
}

}  // namespace

void ForgetCommand::setup(CommandSpec& spec) {
  spec.description =
      "Deletes a person with their interactions, simulated sessions, kept slates and every rejected row that names "
      "them, overwrites their bytes in the file and rebuilds it, so that no bytes of their id remain. This cannot be "
      "undone. Published models that were trained on them stay, but are marked, like everything made from them; "
      "checkpoints trained on them are deleted. Finally lists what still remembers them and the command that ends "
      "that. If it is interrupted, the next command that writes to the file finishes it. Needs as much free space as "
      "the file is large.";
  spec.example = "infodiet forget --db world.db --user reader-1";
  spec.options.text({.name = "user", .value = "ID", .help = "the person, by the imported id", .required = true}, user_);
}

ExitCode ForgetCommand::run(const Context& context) {
  const Console& console = context.console;
  recsys::Database db(context.shared.database, recsys::OpenMode::read_write);
  std::optional<recsys::Forgotten> forgotten = recsys::forget_user(db, user_);
  if (!forgotten && !db.finished_forgetting()) {
    // Suggests no similar id: nobody should be forgotten by mistake.
    throw recsys::DataError(fmt::format("{}: no user '{}': nothing was changed", db.path(), printable(user_)));
  }
  if (!forgotten) {
    console.note(fmt::format("no user '{}' is left; an interrupted forget is now finished", printable(user_)));
    forgotten.emplace();
  }
  const std::vector<Remembering> remembering = what_remembers(db, *forgotten);
  if (console.json()) {
    console.print_json(json_of(user_, *forgotten, remembering));
    return ExitCode::done;
  }
  console.print_prose(fmt::format(
      "forgot {}: {} interactions, {} sessions with {} steps, {} kept slates, {} rejected rows", printable(user_),
      forgotten->interactions, forgotten->sessions, forgotten->steps, forgotten->slates, forgotten->rejects));
  if (forgotten->checkpoints_deleted > 0) {
    console.print_prose("an unfinished training that used their data can no longer be resumed");
  }
  if (remembering.empty()) {
    console.print("no known output of this file remembers them");
    return ExitCode::done;
  }
  console.print("what still remembers forgotten people, and the command that ends it:");
  for (const Remembering& one : remembering)
    console.print_prose(fmt::format("  {}: {}", printable(one.what), printable(one.ends)));
  return ExitCode::done;
}

std::unique_ptr<Command> make_forget() {
  return std::make_unique<ForgetCommand>();
}

}  // namespace infodiet::tools
