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

/// Names of the tasks, in order.
std::vector<std::string> task_names();

/// Throws Error if there is no task of that name.
std::unique_ptr<Task> make_task(std::string_view name);

/// Trains a task's network twice, with and without attention, measures both, and writes a picture of the attention as a
/// self-contained HTML file. Throws std::system_error if that cannot be written. Without a path there is no picture.
Card run_task(const Task& task, std::uint64_t seed, engine::ThreadPool& pool, const std::filesystem::path& picture);

}  // namespace infodiet::gallery
