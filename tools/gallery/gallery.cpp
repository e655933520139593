#include "tools/gallery/gallery.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"
#include "engine/io/atomic_file.hpp"
#include "tools/gallery/parts/training.hpp"
#include "tools/gallery/tasks/tasks.hpp"

namespace infodiet::gallery {

namespace {

void write_file(const std::filesystem::path& path, const std::string& text) {
  engine::AtomicFile file(path);
  file.write(text);
  file.commit();
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
  const TaskText& text = task.text();
  const std::string lead[] = {
      text.task, text.look,
      fmt::format("Test {}: {:.1f} %. The same network trained in the same way, but with every token weighing the "
                  "same: {:.1f} %.",
                  text.measured, 100 * accuracies.with_attention, 100 * accuracies.without_attention)};
  Page page(text.title, lead);
  engine::RandomStream draws = examples_of(seed, picture_step, 0);
  Tape tape(task.layout());
  tape.begin(learned);
  task.illustrate(tape, draws, page);
  write_file(picture, page.html());
  if (!page.drawing().empty()) write_file(std::filesystem::path(picture).replace_extension(".svg"), page.drawing());
  return accuracies;
}

}  // namespace infodiet::gallery
