// The service from start to end: what `infodiet serve` runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "tools/serve/front.hpp"
#include "tools/serve/http_server.hpp"
#include "tools/serve/service.hpp"

namespace infodiet::tools::serve {

/// The options of `infodiet serve`.
struct ServingOptions {
  std::string host = "127.0.0.1";
  int port = 8087;
  ServiceOptions service = {};
  FrontOptions front = {};
  ServerLimits limits = {};
  std::chrono::seconds retrain_every{0};  ///< 0 for never
};

/// Whether only this machine can reach the address.
bool is_loopback(const std::string& host);

/// Serves until SIGTERM or SIGINT, then finishes requests in progress and returns; a second signal ends the program at
/// once. Calls `started` with the port when requests can be answered.
void serve(const ServingOptions& options, const std::function<void(int port)>& started);

}  // namespace infodiet::tools::serve
