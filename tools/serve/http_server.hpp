// HTTP over httplib, with limits: from sockets to requests, and answers back. The front decides the answers
// (front.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "tools/serve/front.hpp"

namespace infodiet::tools::serve {

/// Limits of the server.
struct ServerLimits {
  std::size_t connections = 256;
  std::size_t requests_each = 100'000;  ///< on one connection
};

/// Listens on one address.
class HttpServer {
 public:
  /// `front` must outlive it.
  HttpServer(Front& front, const ServerLimits& limits);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Binds an address; port 0 binds any free one. Returns the port. Throws Error if it cannot be bound.
  int bind(const std::string& host, int port);
  /// Answers until drain() is called and all connections have ended. Throws Error if the system accepts no more.
  void run();
  /// From any thread: accepts no new connections, and lets requests in progress be answered.
  void drain();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace infodiet::tools::serve
