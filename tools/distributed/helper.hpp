// What the processes of a job do that do not run the command themselves.
#pragma once

#include <string_view>

#include "engine/distributed/orders.hpp"

namespace infodiet::tools {

/// Helps process 0 with its command until it gives leave. For all other processes.
void help_commands(engine::Communicator& processes);

/// Ends the job and says where, unless all processes have the same version: a mixture may compute other bits.
void require_same_version(engine::Communicator& processes, std::string_view version);

}  // namespace infodiet::tools
