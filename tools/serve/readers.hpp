// Readers of the file with which requests compute: one per compute thread, borrowed one at a time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
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
  Readers(const std::string& path, std::size_t count, std::chrono::milliseconds patience);

  /// Returns the reader when destroyed.
  class Lease {
   public:
    Lease(Readers& readers, std::unique_ptr<Reader> reader) : readers_(&readers), reader_(std::move(reader)) {}
    ~Lease() { readers_->give_back(std::move(reader_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Reader& operator*() const { return *reader_; }
    Reader* operator->() const { return reader_.get(); }

   private:
    Readers* readers_;
    std::unique_ptr<Reader> reader_;
  };
  /// Waits for a free reader. Throws RequestError 503 if none becomes free in time.
  Lease borrow();

 private:
  void give_back(std::unique_ptr<Reader> reader);

  std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace infodiet::tools::serve
