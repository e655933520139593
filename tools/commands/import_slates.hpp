// `infodiet import --slates`: logs of what was shown, from other systems.
#pragma once

#include <cstdint>
#include <string>

#include "tools/cli/command.hpp"

namespace infodiet::tools {

/// Imports one file into the database, and prints the result.
void import_slates(const Context& context, const std::string& path, std::int64_t max_errors);

}  // namespace infodiet::tools
