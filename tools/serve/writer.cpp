#include "tools/serve/writer.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

#include "recsys/errors.hpp"
#include "tools/serve/errors.hpp"

namespace infodiet::tools::serve {
namespace {

bool is_locked(const recsys::SqliteError& error) {
  const int code = error.code() & 0xff;
  return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

RequestError held_by_another() {
  return {503, "another process has been writing to the file for too long, so nothing was stored: try again later", 5};
}

void finish(auto& task) {
  if (task.problem) {
    task.done.set_exception(task.problem);
  } else {
    task.done.set_value();
  }
}

}  // namespace

Writer::Writer(const std::string& path, const WriterLimits& limits)
    : limits_(limits), db_(path, recsys::OpenMode::read_write) {
  // Answered transactions are on disk. Waits for locks are here, not in SQLite, so that shutdown is noticed.
  constexpr std::chrono::milliseconds longest_wait{1000};
  db_.execute(fmt::format("PRAGMA synchronous = FULL; PRAGMA busy_timeout = {}; PRAGMA cache_size = -16384",
                          std::min(longest_wait, limits_.patience).count()));
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Writer::submit(Work work, bool alone) {
  auto task = std::make_unique<Task>(
      Task{.work = std::move(work), .alone = alone, .deadline = std::chrono::steady_clock::now() + limits_.patience});
  std::future<void> done = task->done.get_future();
  if (!enqueue(std::move(task))) {
    throw RequestError(429, "too many writes wait for the disk, so this one was not stored: try again in a second", 1);
  }
  done.get();
}

bool Writer::post(Work work) {
  return enqueue(std::make_unique<Task>(
      Task{.work = std::move(work), .alone = false, .deadline = std::chrono::steady_clock::now() + limits_.patience}));
}

bool Writer::enqueue(std::unique_ptr<Task> task) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= limits_.waiting) return false;
    waiting_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

Writer::Batch Writer::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !waiting_.empty() || ending_; });
  Batch batch;
  while (!waiting_.empty() && batch.size() < limits_.together) {
    if (waiting_.front()->alone && !batch.empty()) break;
    batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    if (batch.back()->alone) break;
  }
  return batch;
}

void Writer::run() {
  for (;;) {
    Batch batch = take();
    if (batch.empty()) return;
    if (batch.front()->alone) {
      write_alone(*batch.front());
      finish(*batch.front());
    } else {
      write_batch(batch);
    }
  }
}

void Writer::write_batch(Batch& batch) {
  try {
    recsys::Transaction transaction(db_);
    for (const auto& task : batch) {
      try {
        recsys::Transaction part(db_);
        task->work(db_);
        part.commit();
      } catch (...) {
        task->problem = std::current_exception();
      }
    }
    transaction.commit();
  } catch (const recsys::SqliteError& error) {
    if (is_locked(error)) return put_back(batch);
    for (const auto& task : batch) task->problem = std::current_exception();
  } catch (...) {
    for (const auto& task : batch) task->problem = std::current_exception();
  }
  for (const auto& task : batch) finish(*task);
}

// Those that have waited too long are refused.
void Writer::put_back(Batch& batch) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  for (auto task = batch.rbegin(); task != batch.rend(); ++task) {
    if (now < (*task)->deadline && !ending_) {
      (*task)->problem = nullptr;
      waiting_.push_front(std::move(*task));
    } else {
      (*task)->done.set_exception(std::make_exception_ptr(held_by_another()));
    }
  }
}

void Writer::write_alone(Task& task) {
  for (;;) {
    try {
      task.work(db_);
      return;
    } catch (const recsys::SqliteError& error) {
      if (!is_locked(error)) {
        task.problem = std::current_exception();
        return;
      }
      if (std::chrono::steady_clock::now() >= task.deadline) {
        task.problem = std::make_exception_ptr(held_by_another());
        return;
      }
    } catch (...) {
      task.problem = std::current_exception();
      return;
    }
  }
}

}  // namespace infodiet::tools::serve
