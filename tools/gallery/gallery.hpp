// The gallery as a whole: its tasks by name, and running one from random weights to a picture.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/parallel.hpp"
#include "tools/gallery/parts/task.hpp"

namespace infodiet::gallery {

/// Names of the tasks, in the order in which they are run.
std::vector<std::string> task_names();

/// Throws Error if there is no task of that name.
std::unique_ptr<Task> make_task(std::string_view name);

/// Shares of test examples answered right after the same training from the same start.
struct Accuracies {
  double with_attention = 0;
  double without_attention = 0;  ///< every token weighs the same, all else as it is
};

/// Trains a task's network twice, with attention and without, measures both, and writes a picture of the attention as a
/// self-contained HTML file; where that holds words or a table, the first of them also as an SVG beside it. Throws
/// std::system_error if that cannot be written.
Accuracies run_task(const Task& task, std::uint64_t seed, engine::ThreadPool& pool,
                    const std::filesystem::path& picture);

}  // namespace infodiet::gallery
