// The commands, in the order of help. A new one needs a source beside this, a line in commands.hpp and a row here.
#include <array>

#include "tools/cli/command_table.hpp"
#include "tools/commands/commands.hpp"

namespace infodiet::tools {
namespace {

constexpr std::array command_entries{
    CommandEntry{"sample", "make a small world of readers and articles to try things in", Audience::everyone,
                 make_sample},
    CommandEntry{"import", "load your own interactions and items", Audience::newcomer, make_import},
    CommandEntry{"info", "show what is in a database", Audience::everyone, make_info},
    CommandEntry{"train", "train the attention model and publish it", Audience::newcomer, make_train},
    CommandEntry{"evaluate", "how well every model predicts what came next", Audience::everyone, make_evaluate},
    CommandEntry{"recommend", "what somebody should see next, and why", Audience::newcomer, make_recommend},
    CommandEntry{"explain", "why somebody gets an item, or does not", Audience::everyone, make_explain},
    CommandEntry{"find", "items by words of their titles, people by their ids", Audience::everyone, make_find},
    CommandEntry{"similar", "items similar to another", Audience::everyone, make_similar},
    CommandEntry{"diet", "the information-diet label of a person or of everybody", Audience::newcomer, make_diet},
    CommandEntry{"simulate", "what a feed does to simulated people, policy by policy", Audience::newcomer,
                 make_simulate},
    CommandEntry{"lesson", "what a feed does to people, one small story at a time", Audience::everyone, make_lesson},
    CommandEntry{"report", "one page about diet, recommendations, policies and learning", Audience::everyone,
                 make_report},
    CommandEntry{"export", "the model, everybody's lists and runs as files for other programs", Audience::everyone,
                 make_export},
    CommandEntry{"models", "list, publish, pin or remove stored models", Audience::everyone, make_models},
    CommandEntry{"serve", "answer other programs over HTTP", Audience::everyone, make_serve},
    CommandEntry{"forget", "delete a person and every trace of them", Audience::everyone, make_forget},
    CommandEntry{"doctor", "check that a database is sound", Audience::everyone, make_doctor},
    CommandEntry{"completion", "a script for completion in a shell", Audience::everyone, make_completion},
    CommandEntry{"man", "the manual page", Audience::everyone, make_man},
};

}  // namespace

std::span<const CommandEntry> command_table() {
  return command_entries;
}

}  // namespace infodiet::tools
