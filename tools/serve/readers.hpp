// The compute threads: each reads the file through a connection of its own and computes what requests ask for, in the
// order in which they came. Connections wait on threads of their own (connection_threads.hpp).
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

class Readers {
 public:
  /// Starts up to `count` threads: as many as the system allows. Throws std::system_error or std::bad_alloc if
  /// it allows none.
  Readers(const std::string& path, std::size_t count, std::chrono::milliseconds patience);
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  /// The result of `work(reader)`, computed on one of the threads; throws what it throws, and RequestError 503 if it is
  /// not begun in time. Not to be called by `work`.
  template <class Work>
  auto compute(Work&& work) {
    std::optional<std::invoke_result_t<Work&, Reader&>> result;
    run([&](Reader& reader) { result.emplace(work(reader)); });
    return std::move(*result);
  }
  /// Requests that are not begun yet.
  std::size_t waiting() const;
  /// Threads that run, at least 1.
  std::size_t threads() const { return threads_.size(); }

 private:
  // On the stack of who waits for it.
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
