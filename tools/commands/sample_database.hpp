// The sample world in a database; sample_files.hpp writes it as files.
#pragma once

#include <string>

#include "rl/sample/sample_world.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// Whether the database changed.
enum class SampleStored { yes, there_already };

/// Stores `world`, made from `options`, in the database at `path`, in one transaction; creates the file if missing.
/// Does nothing if the file holds the same world. Throws Error if it holds anything else, Interrupted after Ctrl-C
/// (nothing is stored then), and the errors of Database.
SampleStored store_sample_world(const rl::SampleWorld& world, const rl::SampleWorldOptions& options,
                                const std::string& path, const Console& console);

}  // namespace infodiet::tools
