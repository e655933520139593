#include "tools/gallery/gallery.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "engine/io/atomic_file.hpp"
#include "tools/gallery/parts/sources.hpp"
#include "tools/gallery/parts/training.hpp"
#include "tools/gallery/tasks/tasks.hpp"
#include "tools/report/html.hpp"

namespace infodiet::gallery {

namespace {

void write_file(const std::filesystem::path& path, const std::string& text) {
  engine::AtomicFile file(path);
  file.write(text);
  file.commit();
}

/// The lines of a task's source from the beginning of one text to the end of another after it, two columns to the left.
std::string lines_between(std::string_view source, std::string_view first, std::string_view last) {
  const std::size_t begin = source.find(first);
  const std::size_t end = source.find(last, begin) + last.size();
  std::string lines;
  for (std::size_t at = begin; at < end;) {
    const std::size_t next = source.find('\n', at);
    const std::string_view line = source.substr(at, next - at);
    lines.append(line.substr(std::min<std::size_t>(2, line.size()))).append("\n");
    at = next + 1;
  }
  return lines;
}

/// What a task's source says of its network: how it runs, then its layers.
std::string network_of(std::string_view source) {
  const std::string_view layers = source.substr(source.find(": Task"));
  return lines_between(source, "  Answers run(", "\n  }\n") + "\n" +
         lines_between(layers.substr(layers.find('\n') + 1), "        ", " {}\n");
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

Accuracies run_task(const Task& task, std::uint64_t seed, engine::ThreadPool& pool,
                    const std::filesystem::path& picture) {
  const auto learned = train(task, Attending::learned, seed, pool);
  const auto uniform = train(task, Attending::uniform, seed, pool);
  const Accuracies accuracies{.with_attention = accuracy(task, learned, seed, pool),
                              .without_attention = accuracy(task, uniform, seed, pool)};
  if (picture.empty()) return accuracies;
  const TaskText& text = task.text();
  Page page(text.title, text.task);
  page.results(fmt::format("<p>Test {}.</p>\n", tools::escape_html(text.measured)) +
                   accuracy_bars(accuracies.with_attention, accuracies.without_attention),
               text.look);
  page.code(network_of(asset(text.source)));
  engine::RandomStream draws = examples_of(seed, picture_step, 0);
  Tape tape(task.layout());
  tape.begin(learned);
  task.illustrate(tape, draws, page);
  write_file(picture, page.html());
  if (!page.drawing().empty()) write_file(std::filesystem::path(picture).replace_extension(".svg"), page.drawing());
  return accuracies;
}

}  // namespace infodiet::gallery
