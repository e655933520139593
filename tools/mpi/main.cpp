// The program `infodiet-mpi`.
#include "tools/cli/help.hpp"
#include "tools/mpi/job.hpp"
#include "tools/mpi/processes.hpp"

int main(int argc, char** argv) {
  infodiet::tools::MpiProcesses processes(&argc, &argv);
  return infodiet::tools::run_job(argc, argv, processes, infodiet::tools::version_line());
}
