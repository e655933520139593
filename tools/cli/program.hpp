// Finds the command of a command line, reads its options and runs it. main catches exceptions.
#pragma once

#include <span>
#include <string>

#include "engine/distributed/communicator.hpp"
#include "tools/cli/exit_code.hpp"

namespace infodiet::tools {

/// @param arguments  without the program's own name
/// @param processes  those of the job, of which this is number 0
ExitCode run_program(std::span<const std::string> arguments, engine::Communicator& processes = engine::alone());

}  // namespace infodiet::tools
