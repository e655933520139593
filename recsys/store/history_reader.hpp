// Fast reading of single histories: the service reads one for every answer.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Somebody's interactions, in the order of load_dataset(), with item ids.
struct StoredHistory {
  std::vector<std::int64_t> item_ids = {};
  std::vector<std::int64_t> times = {};  ///< (items) Unix seconds, or empty if any is unknown
  std::vector<double> ratings = {};      ///< (items) NaN if there is none
};

/// Reads histories with prepared statements.
class HistoryReader {
 public:
  /// `db` must outlive it.
  explicit HistoryReader(const Database& db);
  /// Fills `history`; false, and empty, if there is no such user.
  bool read(std::string_view user, StoredHistory& history);

 private:
  struct Row {
    std::int64_t item_id;
    std::int64_t time;  // the lowest value if unknown
    std::int64_t nanoseconds;
    double rating;
  };
  bool read_rows(std::string_view user);

  std::vector<Row> rows_;
  Statement find_;
  Statement interactions_;
};

}  // namespace infodiet::recsys
