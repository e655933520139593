#include "recsys/store/history_reader.hpp"

#include <cmath>

namespace infodiet::recsys {

// SQLite sorts null times first, as load_dataset() does.
HistoryReader::HistoryReader(const Database& db)
    : find_(db.prepare("SELECT id FROM users WHERE key = ?")),
      interactions_(db.prepare(
          "SELECT item_id, time, rating FROM interactions WHERE user_id = ? ORDER BY time, nanoseconds, sequence")) {}

bool HistoryReader::read(std::string_view user, StoredHistory& history) {
  history.item_ids.clear();
  history.times.clear();
  history.ratings.clear();
  find_.bind(user);
  const bool known = find_.step();
  const std::int64_t id = known ? find_.integer(0) : 0;
  find_.reset();
  if (!known) return false;
  bool timed = true;
  interactions_.bind(id);
  while (interactions_.step()) {
    history.item_ids.push_back(interactions_.integer(0));
    history.ratings.push_back(interactions_.is_null(2) ? std::nan("") : interactions_.real(2));
    timed = timed && !interactions_.is_null(1);
    if (timed) history.times.push_back(interactions_.integer(1));
  }
  if (!timed) history.times.clear();
  return true;
}

}  // namespace infodiet::recsys
