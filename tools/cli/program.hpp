// Finds the command of a command line, reads its options and runs it. main catches exceptions.
#pragma once

#include <span>
#include <string>

#include "tools/cli/exit_code.hpp"

namespace infodiet::tools {

/// @param arguments without the program's own name.
ExitCode run_program(std::span<const std::string> arguments);

}  // namespace infodiet::tools
