#include "tools/distributed/helper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "engine/distributed/collectives.hpp"
#include "recsys/attention/shared_ranks.hpp"
#include "recsys/attention/trainer.hpp"
#include "recsys/evaluation/bootstrap.hpp"
#include "rl/agent/trainer.hpp"
#include "rl/runs/shared_run.hpp"
#include "tools/distributed/stations.hpp"

namespace infodiet::tools {

void help_commands(engine::Communicator& processes) {
  engine::Orders orders;
  recsys::help_training(orders);
  recsys::help_ranking(orders);
  recsys::help_bootstraps(orders);
  rl::help_learning(orders);
  rl::help_running(orders);
  help_stations(orders);
  orders.serve(processes);
}

void require_same_version(engine::Communicator& processes, std::string_view version) {
  struct Passport {
    std::array<char, 64> version{};
    std::array<char, 64> host{};
  };
  std::vector<Passport> all(processes.size());
  Passport& own = all[processes.rank()];
  const std::string host = host_name();
  std::copy_n(version.begin(), std::min(version.size(), own.version.size() - 1), own.version.begin());
  std::copy_n(host.begin(), std::min(host.size(), own.host.size() - 1), own.host.begin());
  engine::Bounds bounds;
  for (std::size_t p = 0; p <= processes.size(); ++p) bounds.push_back(p);
  engine::gather(processes, engine::Traffic::orders, std::span<Passport>(all), bounds);
  if (!processes.is_first()) return;
  for (std::size_t p = 1; p < processes.size(); ++p) {
    if (all[p].version == own.version) continue;
    processes.abort(
        fmt::format("process {} on {} is {}, process 0 on {} is {}: install the same version on every machine", p,
                    all[p].host.data(), all[p].version.data(), own.host.data(), own.version.data()));
  }
}

}  // namespace infodiet::tools
