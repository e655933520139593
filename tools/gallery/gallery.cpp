#include "tools/gallery/gallery.hpp"

#include <fmt/format.h>

#include <chrono>
#include <regex>
#include <utility>

#include "engine/errors.hpp"
#include "engine/io/atomic_file.hpp"
#include "tools/gallery/parts/sources.hpp"
#include "tools/gallery/parts/training.hpp"
#include "tools/gallery/tasks/tasks.hpp"
#include "tools/report/html.hpp"

namespace infodiet::gallery {

namespace {

// In order.
const std::pair<std::string, MakeTask> makers[] = {
    {"dates", make_dates},     {"sentiment", make_sentiment}, {"summary", make_summary},   {"story", make_story},
    {"patches", make_patches}, {"caption", make_caption},     {"generate", make_generate}, {"roles", make_roles},
    {"detect", make_detect},   {"track", make_track},         {"speech", make_speech},     {"focus", make_focus},
    {"graph", make_graph},     {"play", make_play},           {"control", make_control}};

/// What a task's source says of its network: how it runs, then its layers, the last paragraph of the class. Two columns
/// to the left.
std::string network_of(std::string_view source) {
  const std::size_t runs = source.find("  Answers run(");
  const std::size_t ended = source.find("\n  }\n", runs) + 5;
  const std::size_t class_end = source.find("\n};\n", ended) + 1;
  const std::size_t layers = source.rfind("\n\n", class_end) + 1;
  const std::string quoted =
      fmt::format("\n{}{}", source.substr(runs, ended - runs), source.substr(layers, class_end - layers));
  return std::regex_replace(quoted, std::regex("\n  "), "\n").substr(1);
}

}  // namespace

std::vector<std::string> task_names() {
  std::vector<std::string> names;
  for (const auto& [name, maker] : makers) names.emplace_back(name);
  return names;
}

std::unique_ptr<Task> make_task(std::string_view name) {
  for (const auto& [known, maker] : makers) {
    if (known == name) return maker();
  }
  throw Error(fmt::format("there is no task '{}'; there are {}", name, fmt::join(task_names(), ", ")));
}

Card run_task(const Task& task, std::uint64_t seed, engine::ThreadPool& pool, const std::filesystem::path& picture) {
  const auto started = std::chrono::steady_clock::now();
  Card card{.name = task.name(), .title = task.text("title"), .parameters = task.layout().size()};
  const auto learned = train(task, Attending::learned, seed, pool);
  const auto uniform = train(task, Attending::uniform, seed, pool);
  card.with_attention = accuracy(task, learned, seed, pool);
  card.without_attention = accuracy(task, uniform, seed, pool);
  card.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  if (picture.empty()) return card;
  Page page(card, task.text("task"));
  page.results = fmt::format("<p>Test {}.</p>\n{}", tools::escape_html(task.text("measured")), accuracy_bars(card));
  page.look = task.text("look");
  page.code = network_of(asset(task.text("source")));
  engine::RandomStream draws = examples_of(seed, picture_step, 0);
  Tape tape(task.layout());
  tape.begin(learned);
  task.illustrate(tape, draws, page);
  engine::write_file(picture, page.html());
  card.picture = page.picture();
  return card;
}

}  // namespace infodiet::gallery
