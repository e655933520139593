// The service from its start to its end: what `infodiet serve` runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "tools/serve/front.hpp"
#include "tools/serve/http_server.hpp"
#include "tools/serve/service.hpp"

namespace infodiet::tools::serve {

struct ServingOptions {
  std::string host = "127.0.0.1";
  int port = 8087;
  ServiceOptions service = {};
  FrontOptions front = {};
  ServerLimits limits = {};
  std::chrono::seconds retrain_every{0};  ///< 0 for never
};

/// Whether only this machine reaches that address.
bool is_loopback(const std::string& host);

/// Serves until SIGTERM or SIGINT, then answers requests in progress and returns; a second signal ends the program at
/// once. `started` gets the port once requests are answered.
void serve(const ServingOptions& options, const std::function<void(int port)>& started);

}  // namespace infodiet::tools::serve
