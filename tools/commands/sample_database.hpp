// The sample world in a database. As files it is written by sample_files.hpp.
#pragma once

#include <string>

#include "rl/sample/sample_world.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

enum class SampleStored { yes, there_already };

/// Stores `world`, which `options` made, in the database at `path`, in one transaction; the file is made where it is
/// missing. A file that was given the same world before is left as it is. Throws Error if the file holds anything
/// else, Interrupted after Ctrl-C (nothing is stored then), and whatever opening and writing the database throws.
SampleStored store_sample_world(const rl::SampleWorld& world, const rl::SampleWorldOptions& options,
                                const std::string& path, const Console& console);

}  // namespace infodiet::tools
