// The one thread that writes to the file. What arrives while it syncs is written together by the next transaction, and
// nobody is told that something is stored before it is on disk.
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

struct WriterLimits {
  std::size_t waiting = 1024;                  ///< writes that wait before more are refused
  std::size_t together = 256;                  ///< writes of one transaction
  std::chrono::milliseconds patience{30'000};  ///< of a write with another process that holds the file
};

class Writer {
 public:
  using Work = std::function<void(recsys::Database&)>;

  explicit Writer(const std::string& path, const WriterLimits& limits = {});
  /// Writes what still waits.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Does `work` in a transaction and returns when it is on disk. All or nothing of it is stored; whatever it throws is
  /// thrown here. Throws RequestError 429 where too much waits, 503 where another process holds the file for too long.
  void write(Work work) { submit(std::move(work), false); }
  /// Does `work` in a transaction with others some time soon; false, and it is not done, where too much waits. Should
  /// it throw, nothing of it is stored and nobody is told.
  bool post(Work work);
  /// Does `work` by itself outside of any transaction.
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
