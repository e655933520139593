#include "tools/serve/readers.hpp"

#include "tools/serve/errors.hpp"

namespace infodiet::tools::serve {

Reader::Reader(const std::string& path) : db(path, recsys::OpenMode::read_only), histories(db) {
  // Small, because there are several readers: they share the system's page cache.
  db.execute("PRAGMA cache_size = -8192");
}

Readers::Readers(const std::string& path, std::size_t count, std::chrono::milliseconds patience) : patience_(patience) {
  for (std::size_t i = 0; i < count; ++i) idle_.push_back(std::make_unique<Reader>(path));
}

Readers::Lease Readers::borrow() {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_for(lock, patience_, [&] { return !idle_.empty(); })) {
    throw RequestError(503, "all compute threads are busy: try again in a second, or serve with more --threads", 1);
  }
  std::unique_ptr<Reader> reader = std::move(idle_.back());
  idle_.pop_back();
  return {*this, std::move(reader)};
}

void Readers::give_back(std::unique_ptr<Reader> reader) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(reader));
  }
  freed_.notify_one();
}

}  // namespace infodiet::tools::serve
