// What each process of `mpirun infodiet-mpi` does: process 0 runs the command as `infodiet` does, the others help it.
// They never open the database.
#pragma once

#include <string_view>

#include "engine/distributed/communicator.hpp"

namespace infodiet::tools {

/// Runs the command of argc, argv, as main gets them. Returns this process's exit code. Ends the job unless all
/// processes are of one version.
int run_job(int argc, char** argv, engine::Communicator& processes, std::string_view version);

}  // namespace infodiet::tools
