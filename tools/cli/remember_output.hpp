// Records files that name people in the database they come from, so that `forget` can list them.
#pragma once

#include <string>
#include <string_view>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

/// Records that `path` was written; warns if that fails.
void remember_output(const Context& context, std::string_view kind, const std::string& path);

}  // namespace infodiet::tools
