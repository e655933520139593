// Single histories, read often: what a service asks the file for before every answer.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Somebody's interactions as load_dataset() orders them, by the items' ids.
struct StoredHistory {
  std::vector<std::int64_t> item_ids = {};
  std::vector<std::int64_t> times = {};  ///< (items) Unix seconds, or empty where any is unknown
  std::vector<double> ratings = {};      ///< (items) not a number where there is none
};

class HistoryReader {
 public:
  /// `db` must outlive it.
  explicit HistoryReader(const Database& db);
  /// Fills `history`; false, and no history, if there is nobody of that key.
  bool read(std::string_view user, StoredHistory& history);

 private:
  Statement find_;
  Statement interactions_;
};

}  // namespace infodiet::recsys
