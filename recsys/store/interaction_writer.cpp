#include "recsys/store/interaction_writer.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

namespace infodiet::recsys {
namespace {

// Rows per INSERT: starting and ending a statement is the largest cost.
constexpr std::size_t rows_per_statement = 32;

constexpr std::size_t values_per_row = 9;

constexpr std::int64_t stored_row = -1;  // `row` of an event that is in the table
constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();

std::string insert_sql(std::size_t rows) {
  // In the order of the table, as its digest requires.
  std::string sql =
      "INSERT INTO interactions (user_id, sequence, item_id, time, rating, import_id, event, nanoseconds, weight) "
      "VALUES ";
  for (std::size_t row = 0; row < rows; ++row) {
    sql += row == 0 ? "(?, ?, ?, ?, ?, ?, ?, ?, ?)" : ", (?, ?, ?, ?, ?, ?, ?, ?, ?)";
  }
  return sql;
}

}  // namespace

InteractionWriter::InteractionWriter(const Database& db, std::size_t batch_rows)
    : digests_(&db.digests()),
      batch_rows_(batch_rows),
      last_sequence_(db.prepare("SELECT max(sequence) FROM interactions WHERE user_id = ?")),
      timed_history_(db.prepare("SELECT time, nanoseconds, item_id, event FROM interactions"
                                " WHERE user_id = ? AND time BETWEEN ? AND ?")),
      untimed_history_(
          db.prepare("SELECT item_id FROM interactions WHERE user_id = ? AND time IS NULL AND import_id IS NOT ?"
                     " ORDER BY sequence")),
      insert_one_(db.prepare(insert_sql(1))),
      insert_many_(db.prepare(insert_sql(rows_per_statement))) {
  pending_.reserve(rows_per_statement);
}

void InteractionWriter::set_import(std::int64_t import_id) {
  write_batch();
  import_id_ = import_id;
  known_order_.clear();
}

EventNumber InteractionWriter::event(std::string_view name) {
  auto found = std::find(event_names_.begin(), event_names_.end(), name);
  if (found == event_names_.end()) found = event_names_.insert(found, std::string(name));
  return static_cast<EventNumber>(found - event_names_.begin());
}

void InteractionWriter::add(const Interaction& interaction) {
  batch_.push_back({.user_id = interaction.user_id,
                    .item_id = interaction.item_id,
                    .time = interaction.time.value_or(no_time),
                    .rating = interaction.rating.value_or(std::numeric_limits<double>::quiet_NaN()),
                    .nanoseconds = interaction.nanoseconds,
                    .event = interaction.event,
                    .weight = static_cast<float>(interaction.weight)});
  if (batch_.size() == batch_rows_) write_batch();
}

InteractionWriter::Written InteractionWriter::flush() {
  write_batch();
  return std::exchange(written_, {});
}

void InteractionWriter::write_batch() {
  std::vector<std::uint32_t> order(batch_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return batch_[a].user_id < batch_[b].user_id; });
  duplicate_.assign(batch_.size(), false);
  for (auto begin = order.begin(); begin != order.end();) {
    const auto end = std::find_if(begin, order.end(),
                                  [&](std::uint32_t row) { return batch_[row].user_id != batch_[*begin].user_id; });
    write_user({begin, end});
    begin = end;
  }
  insert_pending();
  batch_.clear();
}

void InteractionWriter::write_user(std::span<const std::uint32_t> rows) {
  const std::int64_t user_id = batch_[rows.front()].user_id;
  last_sequence_.bind(user_id);
  last_sequence_.step();
  std::int64_t sequence = last_sequence_.integer(0);
  last_sequence_.reset();
  mark_duplicates(user_id, sequence > 0, rows);
  if (sequence > 0) mark_known_order(user_id, rows);
  for (const std::uint32_t row : rows) {
    if (duplicate_[row]) {
      ++written_.duplicates;
    } else {
      insert(++sequence, batch_[row]);
      ++written_.added;
    }
  }
}

void InteractionWriter::mark_duplicates(std::int64_t user_id, bool has_history, std::span<const std::uint32_t> rows) {
  events_.clear();
  for (const std::uint32_t index : rows) {
    const Row& row = batch_[index];
    if (row.time != no_time) events_.push_back({row.time, row.nanoseconds, row.item_id, row.event, index});
  }
  if (events_.empty()) return;
  if (has_history) {
    const auto [earliest, latest] = std::minmax_element(events_.begin(), events_.end());
    timed_history_.bind(user_id, earliest->time, latest->time);
    while (timed_history_.step()) {
      const auto nanoseconds = static_cast<std::int32_t>(timed_history_.integer(1));
      const EventNumber name = timed_history_.is_null(3) ? EventNumber() : event(timed_history_.text(3));
      events_.push_back({timed_history_.integer(0), nanoseconds, timed_history_.integer(2), name, stored_row});
    }
  }
  // Of equal events the stored one sorts first, then the earliest row.
  std::sort(events_.begin(), events_.end());
  for (std::size_t i = 1; i < events_.size(); ++i) {
    const Event& event = events_[i];
    const Event& before = events_[i - 1];
    if (event.row != stored_row && event.time == before.time && event.nanoseconds == before.nanoseconds &&
        event.item_id == before.item_id && event.event == before.event) {
      duplicate_[static_cast<std::size_t>(event.row)] = true;
    }
  }
}

void InteractionWriter::mark_known_order(std::int64_t user_id, std::span<const std::uint32_t> rows) {
  std::vector<std::uint32_t> untimed;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(untimed),
               [&](std::uint32_t row) { return batch_[row].time == no_time; });
  if (untimed.empty()) return;
  std::size_t& known = known_order_[user_id];
  std::vector<std::int64_t> items;
  untimed_history_.bind(user_id, import_id_);
  while (untimed_history_.step()) items.push_back(untimed_history_.integer(0));
  const std::size_t common = std::min(items.size() - std::min(known, items.size()), untimed.size());
  std::size_t same = 0;
  while (same < common && batch_[untimed[same]].item_id == items[known + same]) ++same;
  if (same < common) {
    known = items.size();
    return;
  }
  for (std::size_t i = 0; i < common; ++i) duplicate_[untimed[i]] = true;
  known += common;
}

void InteractionWriter::insert(std::int64_t sequence, const Row& row) {
  pending_.push_back({sequence, &row});
  if (pending_.size() < rows_per_statement) return;
  write(insert_many_, pending_);
  pending_.clear();
}

void InteractionWriter::write(Statement& statement, std::span<const Pending> rows) {
  std::uint64_t digest = 0;
  statement.start_binding(rows.size() * values_per_row);
  for (const auto& [sequence, pending] : rows) {
    const Row& row = *pending;
    row_hash_.start();
    const auto put = [&](const auto&... values) {
      statement.bind_next(values...);
      (row_hash_.add(values), ...);
    };
    put(row.user_id, sequence, row.item_id);
    row.time == no_time ? put(nullptr) : put(row.time);
    std::isnan(row.rating) ? put(nullptr) : put(row.rating);
    put(import_id_);
    row.event == EventNumber() ? put(nullptr)
                               : put(std::string_view(event_names_[static_cast<std::size_t>(row.event)]));
    put(row.nanoseconds);
    row.weight == 1 ? put(nullptr) : put(double{row.weight});
    digest += row_hash_.value();
  }
  const UntrackedInserts untracked(*digests_);
  while (statement.step()) {
  }
  digests_->add_inserted("interactions", rows.size(), digest);
}

void InteractionWriter::insert_pending() {
  for (const Pending& pending : pending_) write(insert_one_, {&pending, 1});
  pending_.clear();
}

}  // namespace infodiet::recsys
