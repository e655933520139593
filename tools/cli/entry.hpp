// The entry of our programs: runs the command, catches all exceptions and turns them into advice on standard error and
// an exit code. Sets what happens where memory ends, so only programs link it.
#pragma once

#include "engine/distributed/communicator.hpp"

namespace infodiet::tools {

/// @param argc, argv  as main gets them
/// @param processes  those of the job, of which this is number 0
/// Returns the exit code.
int enter(int argc, char** argv, engine::Communicator& processes = engine::alone());

}  // namespace infodiet::tools
