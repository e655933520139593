#include "tools/serve/readers.hpp"

#include <algorithm>
#include <new>
#include <system_error>

#include "tools/serve/errors.hpp"

namespace infodiet::tools::serve {

Reader::Reader(const std::string& path) : db(path, recsys::OpenMode::read_only), histories(db) {
  // Small, because there are several readers: they share the system's page cache.
  db.execute("PRAGMA cache_size = -8192");
}

Readers::Readers(const std::string& path, std::size_t count, std::chrono::milliseconds patience) : patience_(patience) {
  for (std::size_t i = 0; i < count; ++i) readers_.push_back(std::make_unique<Reader>(path));
  threads_.reserve(count);
  try {
    for (const auto& reader : readers_) threads_.emplace_back([this, &reader = *reader] { work(reader); });
  } catch (const std::system_error&) {
    // Fewer threads work too, only slower. Without any, nothing has to be ended, so this may throw.
    if (threads_.empty()) throw;
  } catch (const std::bad_alloc&) {
    if (threads_.empty()) throw;
  }
}

Readers::~Readers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  asked_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

std::size_t Readers::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void Readers::run(const std::function<void(Reader&)>& work) {
  Job job{work};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&job);
  asked_.notify_one();
  if (!job.ended.wait_for(lock, patience_, [&] { return job.done; }) && std::erase(waiting_, &job) > 0) {
    throw RequestError(503, "all compute threads are busy: try again in a second, or serve with more --threads", 1);
  }
  job.ended.wait(lock, [&] { return job.done; });
  if (job.problem) std::rethrow_exception(job.problem);
}

void Readers::work(Reader& reader) {
  std::unique_lock lock(mutex_);
  for (;;) {
    asked_.wait(lock, [&] { return !waiting_.empty() || ending_; });
    if (waiting_.empty()) return;
    Job& job = *waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    try {
      job.work(reader);
    } catch (...) {
      job.problem = std::current_exception();
    }
    lock.lock();
    job.done = true;
    job.ended.notify_one();
  }
}

}  // namespace infodiet::tools::serve
