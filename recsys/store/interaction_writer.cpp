#include "recsys/store/interaction_writer.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace infodiet::recsys {
namespace {

// Rows to one INSERT: most of what a row costs is starting and ending its statement.
constexpr std::size_t rows_per_statement = 32;

constexpr std::int64_t stored = -1;  // the row of an event that is in the table

std::string insert_sql(std::size_t rows) {
  std::string sql = "INSERT INTO interactions (user_id, sequence, item_id, time, rating, import_id) VALUES ";
  for (std::size_t row = 0; row < rows; ++row) sql += row == 0 ? "(?, ?, ?, ?, ?, ?)" : ", (?, ?, ?, ?, ?, ?)";
  return sql;
}

}  // namespace

InteractionWriter::InteractionWriter(const Database& db, std::size_t batch_rows)
    : batch_rows_(batch_rows),
      last_sequence_(db.prepare("SELECT max(sequence) FROM interactions WHERE user_id = ?")),
      timed_history_(db.prepare("SELECT time, item_id FROM interactions WHERE user_id = ? AND time BETWEEN ? AND ?")),
      insert_one_(db.prepare(insert_sql(1))),
      insert_many_(db.prepare(insert_sql(rows_per_statement))) {
  pending_.reserve(rows_per_statement);
}

void InteractionWriter::set_import(std::int64_t import_id) {
  write_batch();
  import_id_ = import_id;
}

void InteractionWriter::add(const Interaction& interaction) {
  batch_.push_back(interaction);
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
  for (const std::uint32_t row : rows) {
    if (batch_[row].time) events_.push_back({*batch_[row].time, batch_[row].item_id, row});
  }
  if (events_.empty()) return;
  if (has_history) {
    const auto [earliest, latest] = std::minmax_element(events_.begin(), events_.end());
    timed_history_.bind(user_id, earliest->time, latest->time);
    while (timed_history_.step()) events_.push_back({timed_history_.integer(0), timed_history_.integer(1), stored});
  }
  // Of equal events the stored one sorts first, then the earliest row.
  std::sort(events_.begin(), events_.end());
  for (std::size_t i = 1; i < events_.size(); ++i) {
    const Event& event = events_[i];
    if (event.row != stored && event.time == events_[i - 1].time && event.item_id == events_[i - 1].item_id) {
      duplicate_[static_cast<std::size_t>(event.row)] = true;
    }
  }
}

void InteractionWriter::insert(std::int64_t sequence, const Interaction& row) {
  pending_.push_back({sequence, &row});
  if (pending_.size() < rows_per_statement) return;
  insert_many_.start_binding(rows_per_statement * 6);
  for (const auto& [number, interaction] : pending_) {
    insert_many_.bind_next(interaction->user_id, number, interaction->item_id, interaction->time, interaction->rating,
                           import_id_);
  }
  while (insert_many_.step()) {
  }
  pending_.clear();
}

void InteractionWriter::insert_pending() {
  for (const auto& [number, row] : pending_) {
    insert_one_.run(row->user_id, number, row->item_id, row->time, row->rating, import_id_);
  }
  pending_.clear();
}

}  // namespace infodiet::recsys
