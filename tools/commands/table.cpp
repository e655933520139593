// The commands, in the order in which one meets them: a new one is a file pair beside this and a line here.
#include <array>
#include <memory>

#include "tools/cli/command_table.hpp"
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

}  // namespace

std::span<const CommandEntry> command_table() {
  return table;
}

}  // namespace infodiet::tools
