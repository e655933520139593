// Trains from the published model at intervals, in a process of lower priority; the service picks up what it publishes
// like any other model.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "tools/serve/views.hpp"

namespace infodiet::tools::serve {

/// Trains at intervals until destroyed.
class Retraining {
 public:
  /// The first training begins `every` after now. `views` must outlive it.
  Retraining(std::string database, const Views& views, std::chrono::seconds every);
  /// Ends a running training; unpublished work is lost.
  ~Retraining();
  Retraining(const Retraining&) = delete;
  Retraining& operator=(const Retraining&) = delete;

 private:
  void run();
  bool wait_for(std::chrono::milliseconds time);
  void train();

  const std::string database_;
  const Views& views_;
  const std::chrono::seconds every_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace infodiet::tools::serve
