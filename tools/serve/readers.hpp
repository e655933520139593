// The compute threads: each has its own connection to the file and computes answers, in the order of requests. Clients'
// connections wait on other threads (connection_threads.hpp).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "engine/parallel.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/history_reader.hpp"

namespace infodiet::tools::serve {

/// A connection to the file and a pool of one thread.
struct Reader {
  explicit Reader(const std::string& path);

  recsys::Database db;
  recsys::HistoryReader histories;
  engine::ThreadPool pool{1};
  recsys::StoredHistory history;  ///< scratch
};

/// A queue of requests and the threads that answer them.
class Readers {
 public:
  /// Starts up to `count` threads: as many as the system allows. Throws std::system_error or std::bad_alloc if
  /// it allows none.
  Readers(const std::string& path, std::size_t count, std::chrono::milliseconds patience);
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  /// The result of `work(reader)`, computed on one of the threads; throws what it throws, and RequestError 503 if it
  /// does not begin in time. `work` must not call it.
  template <class Work>
  auto compute(Work&& work) {
    std::optional<std::invoke_result_t<Work&, Reader&>> result;
    run([&](Reader& reader) { result.emplace(work(reader)); });
    return std::move(*result);
  }
  /// Requests that have not begun.
  std::size_t waiting() const;
  /// Threads that run, at least 1.
  std::size_t threads() const { return threads_.size(); }

 private:
  // On the stack of the waiting thread.
  struct Job {
    const std::function<void(Reader&)>& work;
    bool done = false;
    std::exception_ptr problem = {};
    std::condition_variable ended = {};
  };
  void run(const std::function<void(Reader&)>& work);
  void work(Reader& reader);

  std::chrono::milliseconds patience_;
  std::vector<std::unique_ptr<Reader>> readers_;
  mutable std::mutex mutex_;
  std::condition_variable asked_;
  std::deque<Job*> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace infodiet::tools::serve
