#include "recsys/store/history_reader.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace infodiet::recsys {

HistoryReader::HistoryReader(const Database& db)
    : find_(db.prepare("SELECT id FROM users WHERE key = ?")),
      interactions_(db.prepare(
          "SELECT item_id, time, rating, nanoseconds FROM interactions WHERE user_id = ? ORDER BY sequence")) {}

bool HistoryReader::read_rows(std::string_view user) {
  rows_.clear();
  find_.bind(user);
  const bool known = find_.step();
  const std::int64_t id = known ? find_.integer(0) : 0;
  find_.reset();
  if (!known) return false;
  interactions_.bind(id);
  while (interactions_.step()) {
    const bool timed = !interactions_.is_null(1);
    rows_.push_back({.item_id = interactions_.integer(0),
                     .time = timed ? interactions_.integer(1) : std::numeric_limits<std::int64_t>::min(),
                     .nanoseconds = interactions_.integer(3),
                     .rating = interactions_.is_null(2) ? std::nan("") : interactions_.real(2)});
  }
  // The order of load_dataset(); usually rows are already in it, and nothing is sorted.
  const auto earlier = [](const Row& a, const Row& b) {
    return a.time != b.time ? a.time < b.time : a.nanoseconds < b.nanoseconds;
  };
  if (!std::is_sorted(rows_.begin(), rows_.end(), earlier)) std::stable_sort(rows_.begin(), rows_.end(), earlier);
  return true;
}

bool HistoryReader::read(std::string_view user, StoredHistory& history) {
  history.item_ids.clear();
  history.times.clear();
  history.ratings.clear();
  if (!read_rows(user)) return false;
  const bool timed = rows_.empty() || rows_.front().time != std::numeric_limits<std::int64_t>::min();
  for (const Row& row : rows_) {
    history.item_ids.push_back(row.item_id);
    history.ratings.push_back(row.rating);
    if (timed) history.times.push_back(row.time);
  }
  return true;
}

}  // namespace infodiet::recsys
