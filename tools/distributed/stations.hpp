// The processes of a job as `doctor` shows them: where each runs, with what, and how fast messages reach it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/distributed/orders.hpp"

namespace infodiet::tools {

/// One process.
struct Station {
  std::string host;
  std::size_t threads = 1;
  std::string version;
  std::string kernels;  ///< ours, and OpenBLAS's
  std::string blas_kernels;
  double latency = 0;    ///< seconds that a short message takes to or from process 0, as measured now; 0 for itself
  double bandwidth = 0;  ///< bytes a second between it and process 0, in one direction at a time
};

/// This machine's name.
std::string host_name();

/// All processes, by number. For process 0, whose threads are given; the others help it (help_stations).
std::vector<Station> measure_stations(engine::Communicator& processes, std::size_t threads);

/// What the other processes do meanwhile.
void help_stations(engine::Orders& orders);

}  // namespace infodiet::tools
