#include "engine/parallel.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "engine/blas_setup.hpp"
#include "engine/gemm.hpp"

namespace infodiet::engine {

namespace {

std::size_t usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return static_cast<std::size_t>(CPU_COUNT(&set));
  return std::max(1U, std::thread::hardware_concurrency());
}

std::atomic<std::size_t> refused{0};

}  // namespace

// Phases of a training step follow each other within microseconds, but sleeping and waking takes tens of them: a
// waiting thread spins about that long before it blocks.
template <class Condition>
void wait_awake(Condition condition) {
  constexpr int looks = 2000;
  for (int look = 0; look < looks && !condition(); ++look) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
}

struct ThreadPool::State {
  std::mutex mutex;
  std::condition_variable work_ready;
  std::condition_variable work_done;
  std::atomic<std::size_t> generation{0};  // written under the mutex, like the next two
  std::atomic<std::size_t> busy{0};
  std::atomic<bool> stopping{false};

  ErasedBody body = nullptr;
  void* context = nullptr;
  std::size_t tasks = 0;
  std::atomic<std::size_t> next{0};

  std::exception_ptr failure;
  std::size_t failed_task = 0;

  std::vector<std::thread> threads;

  void work(std::size_t worker) {
    for (;;) {
      const std::size_t task = next.fetch_add(1, std::memory_order_relaxed);
      if (task >= tasks) return;
      try {
        body(context, task, worker);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure || task < failed_task) {
          failure = std::current_exception();
          failed_task = task;
        }
      }
    }
  }

  void serve(std::size_t worker) {
    std::size_t seen = 0;
    for (;;) {
      wait_awake([&] { return stopping || generation != seen; });
      {
        std::unique_lock lock(mutex);
        work_ready.wait(lock, [&] { return stopping || generation != seen; });
        if (stopping) return;
        seen = generation;
      }
      // Here and not where the thread starts: whoever ran something then knows that no worker will ask for memory.
      if (seen == 1) reserve_gemm_memory();
      work(worker);
      {
        const std::lock_guard lock(mutex);
        --busy;
      }
      work_done.notify_one();
    }
  }
};

ThreadPool::ThreadPool(std::size_t threads) : state_(std::make_unique<State>()) {
  const std::size_t workers = threads == 0 ? usable_processors() : threads;
  const std::size_t multiplying = reserve_blas_memory(workers);
  state_->threads.reserve(workers - 1);
  try {
    for (std::size_t worker = 1; worker < multiplying; ++worker) {
      state_->threads.emplace_back([this, worker] { state_->serve(worker); });
    }
  } catch (const std::system_error&) {  // counted below, as is the next
  } catch (const std::bad_alloc&) {
  }
  refused += workers - size();
}

std::size_t ThreadPool::refused_threads() {
  return refused;
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->work_ready.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

std::size_t ThreadPool::size() const {
  return state_->threads.size() + 1;
}

void ThreadPool::run_erased(std::size_t tasks, ErasedBody body, void* context) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->body = body;
    state_->context = context;
    state_->tasks = tasks;
    state_->next.store(0, std::memory_order_relaxed);
    state_->failure = nullptr;
    state_->busy = state_->threads.size();
    ++state_->generation;
  }
  state_->work_ready.notify_all();
  state_->work(0);
  wait_awake([&] { return state_->busy == 0; });
  std::exception_ptr failure;
  {
    std::unique_lock lock(state_->mutex);
    state_->work_done.wait(lock, [&] { return state_->busy == 0; });
    failure = state_->failure;
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace infodiet::engine
