// The only thread that writes to the file. Writes that arrive while it syncs share the next transaction, and are
// reported as stored only when they are on disk.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "recsys/store/database.hpp"

namespace infodiet::tools::serve {

/// Limits of the writer.
struct WriterLimits {
  std::size_t waiting = 1024;                  ///< largest number of waiting writes; more are refused
  std::size_t together = 256;                  ///< largest number of writes per transaction
  std::chrono::milliseconds patience{30'000};  ///< how long a write waits for another process
};

/// A queue of writes and the thread that makes them.
class Writer {
 public:
  using Work = std::function<void(recsys::Database&)>;

  explicit Writer(const std::string& path, const WriterLimits& limits = {});
  /// Finishes waiting writes.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Runs `work` in a transaction and returns when it is on disk. Stores all or nothing; exceptions of `work` are
  /// rethrown here. Throws RequestError 429 if too many writes wait, 503 if another process holds the file for too
  /// long.
  void write(Work work) { submit(std::move(work), false); }
  /// Queues `work` for a transaction with others; returns false if too many writes wait. If `work` throws, nothing of
  /// it is stored, and nobody is told.
  bool post(Work work);
  /// Runs `work` by itself, outside any transaction.
  void write_alone(Work work) { submit(std::move(work), true); }

 private:
  struct Task {
    Work work;
    bool alone;
    std::chrono::steady_clock::time_point deadline;
    std::promise<void> done{};
    std::exception_ptr problem{};
  };
  using Batch = std::deque<std::unique_ptr<Task>>;

  void submit(Work work, bool alone);
  bool enqueue(std::unique_ptr<Task> task);
  void run();
  Batch take();
  void write_batch(Batch& batch);
  void put_back(Batch& batch);
  void write_alone(Task& task);

  WriterLimits limits_;
  recsys::Database db_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Batch waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace infodiet::tools::serve
