// `infodiet report`: one HTML page about a data set, a person, the model and the latest runs.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/atomic_file.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/remember_output.hpp"
#include "tools/commands/commands.hpp"
#include "tools/report/page.hpp"
#include "tools/report/sections.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class ReportCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string output_;
  std::optional<std::string> user_;
  std::vector<std::int64_t> runs_;
};

using report::Section;
using report::Source;

constexpr std::array<Section (*)(const Source&), 10> sections{
    report::opening_section,  report::label_section,     report::weeks_section,    report::lessons_section,
    report::plate_section,    report::attention_section, report::timeline_section, report::policies_section,
    report::learning_section, report::accuracy_section};

std::vector<std::string> facts_of(const Source& source) {
  const recsys::Dataset& data = source.view.histories();
  std::vector<std::string> facts{report::grouped(data.users()) + " people",
                                 report::grouped(data.catalogue_size()) + " items",
                                 report::grouped(data.items.size()) + " interactions",
                                 report::grouped(source.view.topics().names.size()) + " topics"};
  facts.push_back(source.view.model() ? "attention model published" : "no model trained");
  std::string runs;
  for (const report::Run& run : source.runs) runs += fmt::format("{}{}", runs.empty() ? "" : ", ", run.id);
  facts.push_back(runs.empty() ? "nothing simulated" : fmt::format("runs {}", runs));
  return facts;
}

report::Page page_of(const Source& source, const Console& console) {
  report::Page page{.title = "Information diet", .lead = {}, .facts = facts_of(source), .sections = {}};
  if (source.person) {
    page.title = fmt::format("The information diet of {}", report::name_of(source.person->profile));
    page.lead = source.person->chosen;
  }
  Progress progress(console, "reporting", sections.size());
  for (const auto& section : sections) {
    page.sections.push_back(section(source));
    progress.update(page.sections.size());
  }
  return page;
}

}  // namespace

void ReportCommand::setup(CommandSpec& spec) {
  spec.description =
      "Writes one self-contained page for a browser: a person's grade and what to see next, their information-diet "
      "label compared with everybody's, the topic plate, attention over the history for what would be recommended, "
      "simulated sessions step by step, engagement against diet for every policy, learning curves and accuracy. A "
      "section without data shows the command that fills it.";
  spec.example = "infodiet report --db world.db -o report.html";
  spec.options.text({.name = "o", .value = "FILE", .help = "the page to write", .required = true, .known = {"*.html"}},
                    output_);
  spec.options.text({.name = "user",
                     .value = "ID",
                     .help = "whose diet, by the imported id; by default somebody with a history of median length"},
                    user_);
  spec.options.integers({.name = "run",
                         .value = "N,N,...",
                         .help = "which stored runs; by default the latest of each environment, and its latest sweep"},
                        runs_, Range<std::int64_t>{.minimum = 1});
}

ExitCode ReportCommand::run(const Context& context) {
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const rl::View view(db);
  engine::AtomicFile file(output_, engine::FileAccess::owner);  // before the work, in case it cannot be written
  engine::ThreadPool pool(context.shared.threads);
  const Source source = report::load_source(db, view, pool, context.shared.seed, {.user = user_, .runs = runs_});
  const report::Page page = page_of(source, context.console);
  file.write(report::html_of(page));
  file.commit();
  remember_output(context, "report", output_);
  if (context.console.json()) {
    Json filled = Json::object();
    for (const Section& section : page.sections) filled[section.id] = section.charts.size();
    context.console.print_json(Json{{"path", output_},
                                    {"user", source.person ? Json(source.person->profile.key) : Json(nullptr)},
                                    {"charts", std::move(filled)}});
    return ExitCode::done;
  }
  context.console.print(fmt::format("{}: {}", printable(output_), printable(page.title)));
  for (const Section& section : page.sections) {
    for (const report::Missing& missing : section.missing) {
      context.console.print(
          fmt::format("{}: {} '{}' fills it", section.title, printable(missing.reason), printable(missing.command)));
    }
  }
  return ExitCode::done;
}

std::unique_ptr<Command> make_report() {
  return std::make_unique<ReportCommand>();
}

}  // namespace infodiet::tools
