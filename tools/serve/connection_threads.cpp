#include "tools/serve/connection_threads.hpp"

#include <system_error>

namespace infodiet::tools::serve {
namespace {

thread_local bool refusing_here = false;

}  // namespace

bool ConnectionThreads::refusing() {
  return refusing_here;
}

void ConnectionThreads::enqueue(std::function<void()> connection) {
  {
    const std::lock_guard lock(mutex_);
    bool room = waiting_.size() < idle_;
    if (!room && threads_.size() < most_) {
      try {
        threads_.emplace_back([this] { work(); });
        room = true;
      } catch (const std::system_error&) {
        // The system refuses more threads: as if the limit were reached.
      }
    }
    if (room) {
      waiting_.push_back(std::move(connection));
      changed_.notify_one();
      return;
    }
  }
  refusing_here = true;
  connection();
  refusing_here = false;
}

void ConnectionThreads::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void ConnectionThreads::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(lock, [&] { return !waiting_.empty() || ending_; });
    --idle_;
    if (waiting_.empty()) return;
    const std::function<void()> connection = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    connection();
    lock.lock();
  }
}

}  // namespace infodiet::tools::serve
