#include "recsys/store/feedback.hpp"

#include <fmt/format.h>

#include "recsys/errors.hpp"
#include "recsys/store/key_cache.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t max_event_bytes = 128;

// Null for an interaction without an event, as import stores it.
std::optional<std::string> stored_event(const std::string& event) {
  return event == unnamed_event ? std::nullopt : std::optional(event);
}

void check_event(const std::string& event) {
  if (key_problem(event) || event.size() > max_event_bytes) {
    throw DataError(fmt::format("an event must be text of 1 to {} bytes", max_event_bytes));
  }
}

struct Earliest {
  std::int64_t sequence;
  std::optional<std::int64_t> time;
  std::int64_t nanoseconds;
};

std::vector<Earliest> same_before(const Database& db, std::int64_t user, std::int64_t item,
                                  const std::optional<std::string>& event) {
  std::vector<Earliest> found;
  Statement query = db.prepare(
      "SELECT sequence, time, nanoseconds FROM interactions WHERE user_id = ? AND item_id = ? AND event IS ? ORDER BY "
      "sequence");
  query.bind(user, item, event);
  while (query.step()) found.push_back({query.integer(0), query.optional_integer(1), query.integer(2)});
  return found;
}

}  // namespace

void index_by_item(Database& db) {
  Transaction transaction(db);
  db.execute("CREATE INDEX IF NOT EXISTS interactions_by_item ON interactions (item_id)");
  transaction.commit();
}

bool put_feedback(Database& db, const Feedback& feedback, Earlier earlier) {
  check_event(feedback.event);
  const std::optional<std::string> event = stored_event(feedback.event);
  Transaction transaction(db);
  const std::int64_t user = KeyCache(db, "users").find_or_insert(feedback.user);
  const std::int64_t item = KeyCache(db, "items").find_or_insert(feedback.item);
  const std::vector<Earliest> before = same_before(db, user, item, event);
  bool changed = true;
  if (!before.empty() && earlier == Earlier::overwrite) {
    db.prepare("UPDATE interactions SET time = ?, nanoseconds = ? WHERE user_id = ? AND sequence = ?")
        .run(feedback.time, feedback.nanoseconds, user, before.back().sequence);
  } else {
    for (const Earliest& one : before) {
      const bool same_time = one.time == feedback.time && one.nanoseconds == feedback.nanoseconds;
      if (earlier == Earlier::keep || same_time) changed = false;
    }
    if (changed) {
      db.prepare(
            "INSERT INTO interactions (user_id, sequence, item_id, time, event, nanoseconds) VALUES"
            " (?1, (SELECT coalesce(max(sequence), 0) + 1 FROM interactions WHERE user_id = ?1), ?2, ?3, ?4, ?5)")
          .run(user, item, feedback.time, event, feedback.nanoseconds);
    }
  }
  transaction.commit();
  return changed;
}

std::int64_t delete_feedback(Database& db, const Feedback& feedback) {
  Transaction transaction(db);
  db.prepare(
        "DELETE FROM interactions WHERE user_id = (SELECT id FROM users WHERE key = ?)"
        " AND item_id = (SELECT id FROM items WHERE key = ?) AND event IS ?")
      .run(feedback.user, feedback.item, stored_event(feedback.event));
  const std::int64_t deleted = db.changes();
  transaction.commit();
  return deleted;
}

FeedbackPage list_feedback(const Database& db, const FeedbackFilter& filter, const FeedbackCursor& after,
                           std::int64_t count) {
  std::string sql =
      "SELECT user_id, sequence, coalesce(event, ?), users.key, items.key, time, nanoseconds FROM interactions"
      " JOIN users ON users.id = user_id JOIN items ON items.id = item_id"
      " WHERE (user_id, sequence) > (?, ?)";
  if (filter.user) sql += " AND user_id = (SELECT id FROM users WHERE key = ?)";
  if (filter.item) sql += " AND item_id = (SELECT id FROM items WHERE key = ?)";
  if (filter.event) sql += " AND event IS ?";
  Statement query = db.prepare(sql + " ORDER BY user_id, sequence LIMIT ?");
  query.start_binding(4 + (filter.user ? 1U : 0U) + (filter.item ? 1U : 0U) + (filter.event ? 1U : 0U));
  query.bind_next(unnamed_event, after.user_id, after.sequence);
  if (filter.user) query.bind_next(*filter.user);
  if (filter.item) query.bind_next(*filter.item);
  if (filter.event) query.bind_next(stored_event(*filter.event));
  query.bind_next(count);
  FeedbackPage page;
  FeedbackCursor last;
  while (query.step()) {
    last = {query.integer(0), query.integer(1)};
    page.feedback.push_back({.event = std::string(query.text(2)),
                             .user = std::string(query.text(3)),
                             .item = std::string(query.text(4)),
                             .time = query.optional_integer(5),
                             .nanoseconds = query.integer(6)});
  }
  if (static_cast<std::int64_t>(page.feedback.size()) == count) page.next = last;
  return page;
}

}  // namespace infodiet::recsys
