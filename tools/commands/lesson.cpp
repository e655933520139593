// `infodiet lesson`: small stories of what a feed does to people.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/commands/commands.hpp"
#include "tools/simulate/lessons.hpp"
#include "tools/terminal/table.hpp"

namespace infodiet::tools {

namespace {

class LessonCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::vector<std::string> names_;
  std::optional<std::string> settings_;
};

void list_lessons(const Console& console) {
  Json rows = Json::array();
  Table table({{.title = "lesson"}, {.title = "question", .elastic = true}});
  for (const Lesson& lesson : lessons()) {
    rows.push_back({{"name", lesson.name}, {"title", lesson.title}, {"question", lesson.question}});
    table.add({std::string(lesson.name), std::string(lesson.question)});
  }
  if (console.json()) {
    console.print_json(Json{{"lessons", std::move(rows)}});
    return;
  }
  table.print(console);
  console.note("one of them: infodiet lesson " + std::string(lessons().front().name));
}

void LessonCommand::setup(CommandSpec& spec) {
  std::vector<std::string> known;
  spec.description =
      "Shows what a feed does to people, one story at a time: simulates it in less than a minute, explains the result "
      "in plain sentences, and stores the run for 'report'. Without a name it lists the stories. The retraining loop "
      "uses your own data and needs a trained model; the others need nothing.\n\nLessons:";
  for (const Lesson& lesson : lessons()) {
    spec.description += fmt::format("\n  {}: {} {}", lesson.name, lesson.question, lesson.look);
    known.emplace_back(lesson.name);
  }
  spec.example = "infodiet lesson narrowing-feed";
  spec.options.positional({.value = "LESSON", .help = "the lesson; without one, all are listed", .known = known},
                          names_);
  spec.options.text({.name = "set", .value = "NAME=VALUE,...", .help = "change settings of its environment"},
                    settings_);
}

ExitCode LessonCommand::run(const Context& context) {
  if (names_.size() > 1) throw UsageError("one lesson at a time: give one name");
  if (names_.empty()) {
    if (settings_) throw UsageError("--set changes a lesson's environment: give its name too");
    list_lessons(context.console);
    return ExitCode::done;
  }
  const Lesson& lesson = lesson_named(names_.front());
  const SimulationSetup request = request_of(lesson, settings_);
  check(request);
  give_lesson(lesson, request, context);
  return ExitCode::done;
}

}  // namespace

std::unique_ptr<Command> make_lesson() {
  return std::make_unique<LessonCommand>();
}

}  // namespace infodiet::tools
