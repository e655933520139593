// Bulk appending of interactions: gathers rows, sorts them by user and inserts many at a time, so that the table grows
// in key order whatever the order of the input. Checks no keys and owns no transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "recsys/store/database.hpp"
#include "recsys/store/row_hash.hpp"

namespace infodiet::recsys {

/// The number of an event's name, from InteractionWriter::event(); 0 is no event.
enum class EventNumber : std::int32_t {};

/// One interaction.
struct Interaction {
  std::int64_t user_id = 0;
  std::int64_t item_id = 0;
  std::optional<std::int64_t> time = {};  ///< Unix seconds
  std::optional<double> rating = {};
  std::int32_t nanoseconds = 0;  ///< after `time`
  EventNumber event = {};
  double weight = 1;  ///< in training
};

/// Leaves out duplicates: a timed row equal to a stored one in user, item, time and event; and, if a user's untimed
/// rows begin with all their stored ones (a log that grew), that beginning.
class InteractionWriter {
 public:
  /// Counts of the rows added.
  struct Written {
    std::int64_t added = 0;
    std::int64_t duplicates = 0;
  };

  /// @param batch_rows how many rows are collected before they are written
  explicit InteractionWriter(const Database& db, std::size_t batch_rows = std::size_t{1} << 21);

  /// The import that interactions added from now on belong to; none before the first call.
  void set_import(std::int64_t import_id);
  /// The number of an event's name; the empty name has number 0, and is no event.
  EventNumber event(std::string_view name);
  /// Gathers a row, and writes a full batch.
  void add(const Interaction& interaction);
  /// Writes the gathered rows; returns the counts since the last flush.
  Written flush();

 private:
  // An Interaction in less memory: there are millions.
  struct Row {
    std::int64_t user_id;
    std::int64_t item_id;
    std::int64_t time;  // no_time: unknown
    double rating;      // NaN: none
    std::int32_t nanoseconds;
    EventNumber event;
    float weight;
  };
  struct Event {
    std::int64_t time;
    std::int32_t nanoseconds;
    std::int64_t item_id;
    EventNumber event;
    std::int64_t row;  // in batch_, or -1 for one that is stored
    // clang-tidy 14 reads <=> as a comparison with 0. NOLINTNEXTLINE(modernize-use-nullptr)
    auto operator<=>(const Event&) const = default;
  };
  struct Pending {
    std::int64_t sequence;
    const Row* row;
  };

  void write_batch();
  void write_user(std::span<const std::uint32_t> rows);
  void mark_duplicates(std::int64_t user_id, bool has_history, std::span<const std::uint32_t> rows);
  void mark_known_order(std::int64_t user_id, std::span<const std::uint32_t> rows);
  void insert(std::int64_t sequence, const Row& row);
  void write(Statement& statement, std::span<const Pending> rows);
  void insert_pending();

  DigestKeeper* digests_;
  RowHash row_hash_;
  std::size_t batch_rows_;
  Statement last_sequence_;
  Statement timed_history_;
  Statement untimed_history_;
  Statement insert_one_;
  Statement insert_many_;
  std::vector<Row> batch_;
  std::vector<bool> duplicate_;  // (batch)
  std::vector<Event> events_;
  std::vector<Pending> pending_;
  std::optional<std::int64_t> import_id_;
  std::vector<std::string> event_names_{""};
  std::unordered_map<std::int64_t, std::size_t> known_order_;  // stored rows without time, by user
  Written written_;
};

}  // namespace infodiet::recsys
