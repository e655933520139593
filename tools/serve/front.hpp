// Between HTTP and the handlers: admits requests, answers them, logs and counts. Independent of sockets.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "tools/serve/route.hpp"

namespace infodiet::tools::serve {

class Service;

/// The request line and the relevant headers of a request.
struct Head {
  std::string method;
  std::string target;
  std::string host;
  std::string api_key;
  std::string content_type;
  std::string content_length;  ///< as sent, or empty
  bool encoded = false;        ///< has a Transfer-Encoding or a Content-Encoding
  bool repeated = false;       ///< a header that must be unique occurs twice
};

/// Limits of requests, access and logging.
struct FrontOptions {
  std::size_t body_bytes = std::size_t{4} << 20;
  bool loopback_names_only = false;  ///< protects against DNS rebinding
  bool log_ids = false;
  bool log = true;
};

/// One request in progress.
class Exchange {
 public:
  std::optional<Call> call = {};
  std::size_t body_bytes = 0;  ///< to be read
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  Head head = {};
};

/// Called by the server for every request; thread-safe.
class Front {
 public:
  Front(Service& service, const FrontOptions& options) : service_(&service), options_(options) {}

  /// Checks a request before its body is read. The refusal, or empty if it is admitted.
  std::optional<Reply> open(Exchange& exchange);
  /// Answers an admitted request.
  Reply answer(Exchange& exchange, std::string_view body);
  /// Answers a request line or headers that cannot be read.
  Reply refuse(int status);
  /// Logs and counts an answer.
  void note(const Exchange& exchange, int status, std::size_t bytes);

 private:
  void let_in(Exchange& exchange) const;
  void check_headers(const Head& head) const;
  void check_body_headers(Exchange& exchange) const;

  Service* service_;
  FrontOptions options_;
};

/// An error as JSON: status, what is wrong and what to do.
Reply error_reply(int status, const std::string& message, std::optional<int> retry_after = {});

}  // namespace infodiet::tools::serve
