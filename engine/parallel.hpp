// The only code that starts compute threads. Work is cut into a fixed number of tasks by the caller, never by thread
// count, so that results do not depend on how many threads run them. Not a general task graph.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace infodiet::engine {

/// A pool of workers, the calling thread being one of them.
class ThreadPool {
 public:
  /// @param threads number of workers; 0 means one for each processor this process may run on. The system may start
  /// fewer, and those without memory for matrix products (reserve_blas_memory) are not started; results do not change.
  explicit ThreadPool(std::size_t threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Workers that run, at least 1.
  std::size_t size() const;

  /// How many threads did not start so far, in all pools of this process.
  static std::size_t refused_threads();

  /// Calls `body(task, worker)` for every task in [0, tasks), worker in [0, size()), and waits. Tasks run in any order,
  /// so they must write to disjoint memory; `worker` may only choose scratch memory. If tasks throw, the exception of
  /// the lowest task is rethrown here after all have ended. Not reentrant.
  template <class Body>
  void run(std::size_t tasks, Body&& body) {
    using Plain = std::remove_reference_t<Body>;
    run_erased(
        tasks,
        [](void* context, std::size_t task, std::size_t worker) { (*static_cast<Plain*>(context))(task, worker); },
        const_cast<void*>(static_cast<const void*>(std::addressof(body))));
  }

 private:
  using ErasedBody = void (*)(void* context, std::size_t task, std::size_t worker);
  void run_erased(std::size_t tasks, ErasedBody body, void* context);

  struct State;
  std::unique_ptr<State> state_;
};

/// The half-open part `part` of [0, size) cut into `parts` nearly equal pieces.
struct Range {
  std::size_t begin;
  std::size_t end;
};
constexpr Range part_of(std::size_t size, std::size_t parts, std::size_t part) {
  return {size * part / parts, size * (part + 1) / parts};
}

}  // namespace infodiet::engine
