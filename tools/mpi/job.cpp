#include "tools/mpi/job.hpp"

#include <csignal>

#include "engine/blas_setup.hpp"
#include "tools/cli/entry.hpp"
#include "tools/distributed/helper.hpp"

namespace infodiet::tools {

int run_job(int argc, char** argv, engine::Communicator& processes, std::string_view version) {
  require_same_version(processes, version);
  if (processes.is_first()) {
    const int code = enter(argc, argv, processes);
    engine::give_leave(processes);
    return code;
  }
  // Process 0 decides what an interruption means.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  engine::set_up_blas();
  help_commands(processes);
  return 0;
}

}  // namespace infodiet::tools
