// What handlers use: reading and writing the file, the view behind all answers, keys and counters.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "recsys/store/feedback.hpp"
#include "tools/serve/api_keys.hpp"
#include "tools/serve/arms.hpp"
#include "tools/serve/list_cache.hpp"
#include "tools/serve/metrics.hpp"
#include "tools/serve/readers.hpp"
#include "tools/serve/simulations.hpp"
#include "tools/serve/views.hpp"
#include "tools/serve/writer.hpp"

namespace infodiet::tools::serve {

/// How a service runs.
struct ServiceOptions {
  std::string database = {};
  std::size_t threads = 1;                          ///< compute threads
  std::chrono::milliseconds patience{5'000};        ///< how long a request waits for a busy thread
  std::size_t cache_bytes = std::size_t{64} << 20;  ///< of cached lists
  std::size_t state_bytes = std::size_t{64} << 20;  ///< of the model's cached keys and values
  ApiKeys keys = {};
  Arms arms = {};
  bool keep_lists = false;
};

/// Writes a line of the log: an object on standard error.
void log_line(const Json& line);

/// One file, served.
class Service {
 public:
  /// Opens the file and loads the published model. Throws as recsys::Database and rl::View do.
  explicit Service(const ServiceOptions& options)
      : keys(options.keys),
        arms(options.arms),
        keeps_lists(options.keep_lists),
        lists(options.cache_bytes),
        writer(options.database),
        views(options.database, options.state_bytes,
              [this](const std::string& problem) {
                metrics.view_failed();
                log_line({{"event", "view_not_made"}, {"error", problem}});
              }),
        readers(options.database, options.threads, options.patience) {
    if (readers.threads() < options.threads) {
      log_line({{"event", "fewer_threads"}, {"asked", options.threads}, {"started", readers.threads()}});
    }
    writer.post(recsys::index_by_item);
    if (arms.has(rl::Chooser::agent)) views.current()->view.agent();  // throws, with advice, if there is none
  }

  const ApiKeys keys;
  const Arms arms;
  const bool keeps_lists;
  Metrics metrics;
  ListCache lists;
  Writer writer;
  Views views;
  Readers readers;
  Simulations simulations;
  std::atomic<bool> draining{false};
};

}  // namespace infodiet::tools::serve
