#include "tools/commands.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "tools/commands/completion.hpp"
#include "tools/commands/diet.hpp"
#include "tools/commands/doctor.hpp"
#include "tools/commands/evaluate.hpp"
#include "tools/commands/explain.hpp"
#include "tools/commands/export.hpp"
#include "tools/commands/forget.hpp"
#include "tools/commands/import.hpp"
#include "tools/commands/info.hpp"
#include "tools/commands/man.hpp"
#include "tools/commands/recommend.hpp"
#include "tools/commands/report.hpp"
#include "tools/commands/sample.hpp"
#include "tools/commands/similar.hpp"
#include "tools/commands/simulate.hpp"
#include "tools/commands/train.hpp"

namespace infodiet::tools {
namespace {

template <class T>
std::unique_ptr<Command> make() {
  return std::make_unique<T>();
}

constexpr std::array table{
    CommandEntry{"sample", "make a small world of readers and articles to try things on", Audience::everyone,
                 make<SampleCommand>},
    CommandEntry{"import", "load interactions and items of your own", Audience::newcomer, make<ImportCommand>},
    CommandEntry{"info", "show what is in a database", Audience::everyone, make<InfoCommand>},
    CommandEntry{"train", "train the attention model and publish it", Audience::newcomer, make<TrainCommand>},
    CommandEntry{"evaluate", "how well every model predicts what came next", Audience::everyone, make<EvaluateCommand>},
    CommandEntry{"recommend", "what somebody should see next, and why", Audience::newcomer, make<RecommendCommand>},
    CommandEntry{"explain", "why an item suits somebody, or does not", Audience::everyone, make<ExplainCommand>},
    CommandEntry{"similar", "which items are like another", Audience::everyone, make<SimilarCommand>},
    CommandEntry{"diet", "the information-diet label of a person or of everybody", Audience::newcomer,
                 make<DietCommand>},
    CommandEntry{"simulate", "what a feed does to simulated people, policy by policy", Audience::newcomer,
                 make<SimulateCommand>},
    CommandEntry{"report", "one page to look at: diet, recommendation, policies, learning", Audience::everyone,
                 make<ReportCommand>},
    CommandEntry{"export", "the model, everybody's lists and runs as files for other programs", Audience::everyone,
                 make<ExportCommand>},
    CommandEntry{"forget", "delete a person and all that tells of them", Audience::everyone, make<ForgetCommand>},
    CommandEntry{"doctor", "check that a database is sound", Audience::everyone, make<DoctorCommand>},
    CommandEntry{"completion", "what makes a shell complete commands, options and names", Audience::everyone,
                 make<CompletionCommand>},
    CommandEntry{"man", "the manual page", Audience::everyone, make<ManCommand>},
};

void declare_shared_options(PreparedCommand& prepared) {
  OptionSet& options = prepared.spec.options;
  options.text({.name = "db", .value = "FILE", .help = "the database (or set INFODIET_DB)", .known = {"*.db"}},
               prepared.shared.database);
  options.flag({.name = "json", .help = "print the result as one JSON document"}, prepared.console.json);
  options.flag({.name = "quiet", .help = "no progress and no messages but errors"}, prepared.console.quiet);
  options.integer({.name = "threads", .value = "N", .help = "threads to use; 0: one for each processor"},
                  prepared.shared.threads, {.minimum = 0, .maximum = 1024});
  options.integer({.name = "seed", .value = "N", .help = "where randomness starts; same seed, same result"},
                  prepared.shared.seed);
  options.flag({.name = "help", .letter = 'h', .help = "show this"}, prepared.help);
  options.flag({.name = "version", .help = "show the version"}, prepared.version);
}

}  // namespace

std::span<const CommandEntry> command_table() {
  return table;
}

const CommandEntry* find_command(std::string_view name) {
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
