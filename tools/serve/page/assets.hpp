// The files of the page, embedded in the program.
#pragma once

#include <string_view>

namespace infodiet::tools::serve::page_files {

/// Throws std::logic_error for a name that is not in tools/CMakeLists.txt.
std::string_view asset(std::string_view name);

}  // namespace infodiet::tools::serve::page_files
