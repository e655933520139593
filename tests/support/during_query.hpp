// Runs something in the middle of a function that reads a database with several queries.
#pragma once

#include <sqlite3.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "recsys/store/database.hpp"

namespace infodiet::test {

/// While it lives, calls `happen` once, when the connection is about to run a statement that holds `text`.
class DuringQuery {
 public:
  DuringQuery(const recsys::Database& db, std::string text, std::function<void()> happen)
      : db_(db), text_(std::move(text)), happen_(std::move(happen)) {
    sqlite3_trace_v2(db_.handle(), SQLITE_TRACE_STMT, &DuringQuery::traced, this);
  }
  ~DuringQuery() { sqlite3_trace_v2(db_.handle(), 0, nullptr, nullptr); }
  DuringQuery(const DuringQuery&) = delete;
  DuringQuery& operator=(const DuringQuery&) = delete;

  bool happened() const { return !happen_; }

 private:
  static int traced(unsigned /*event*/, void* self, void* /*statement*/, void* sql) {
    auto& during = *static_cast<DuringQuery*>(self);
    const std::string_view running = static_cast<const char*>(sql);
    if (during.happen_ && running.find(during.text_) != std::string_view::npos) std::exchange(during.happen_, {})();
    return 0;
  }

  const recsys::Database& db_;
  std::string text_;
  std::function<void()> happen_;
};

}  // namespace infodiet::test
