// Counters of the service, in Prometheus's text format.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/served_arms.hpp"
#include "tools/serve/views.hpp"

namespace infodiet::tools::serve {

/// Counters for Prometheus; thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// A request was answered. `route` is its row of the table, as "GET /api/item/{item}", or "-" for none.
  void request(const std::string& route, int status, double seconds);
  void feedback_stored(std::size_t count);
  /// A list was requested, and was cached or not.
  void list_asked(bool was_there);
  void view_failed();
  /// A list that should have been recorded was dropped.
  void list_not_kept();
  /// The figures of each arm.
  void served(const std::vector<recsys::ServedArm>& arms);
  /// The text of GET /metrics.
  std::string text(const LoadedView& view, std::size_t cache_bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace infodiet::tools::serve
