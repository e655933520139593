// One thread per connection, up to a limit. Not for computing.
#pragma once

#include <httplib.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace infodiet::tools::serve {

/// The threads that wait for clients.
class ConnectionThreads final : public httplib::TaskQueue {
 public:
  explicit ConnectionThreads(std::size_t most) : most_(most) {}
  ~ConnectionThreads() override = default;

  /// Runs `connection` on a new thread, or at once on this one with refusing() set if there are `most` already.
  void enqueue(std::function<void()> connection) override;
  /// Waits for all connections to end.
  void shutdown() override;

  /// Whether this thread runs a connection only to refuse it.
  static bool refusing();

 private:
  void work();

  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool ending_ = false;
};

}  // namespace infodiet::tools::serve
