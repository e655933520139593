// Files that name people are noted in the database they are made of, so that `forget` can say where somebody stands.
#pragma once

#include <string>
#include <string_view>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

/// Notes that `path` was written; says so where that cannot be noted.
void remember_output(const Context& context, std::string_view kind, const std::string& path);

}  // namespace infodiet::tools
