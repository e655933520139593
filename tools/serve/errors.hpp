// The error that refuses a request.
#pragma once

#include <optional>
#include <string>

#include "engine/errors.hpp"

namespace infodiet::tools::serve {

/// A request that cannot be answered: the HTTP status, and a message that says what to do.
class RequestError : public Error {
 public:
  RequestError(int status, const std::string& message, std::optional<int> retry_after = {})
      : Error(message), status_(status), retry_after_(retry_after) {}
  int status() const { return status_; }
  /// Seconds after which to try again, if known.
  std::optional<int> retry_after() const { return retry_after_; }

 private:
  int status_;
  std::optional<int> retry_after_;
};

}  // namespace infodiet::tools::serve
