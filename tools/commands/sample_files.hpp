// The sample world as files that `infodiet import` reads. sample_database.hpp stores it in a database.
#pragma once

#include <string>

#include "rl/sample/sample_world.hpp"

namespace infodiet::tools {

/// Writes `folder`/interactions.csv (user,item,time) and `folder`/items.csv (item,title,topics,quality,clickbait,
/// minutes; topics separated by |), making the folder if needed. The same world gives the same bytes. Throws
/// std::system_error naming the file that cannot be written.
void write_sample_files(const rl::SampleWorld& world, const std::string& folder);

}  // namespace infodiet::tools
