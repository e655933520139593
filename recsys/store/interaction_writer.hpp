// Appending interactions in bulk: rows are gathered, put in order of their users and inserted many at a time, so that
// the file grows from left to right whatever the order they come in. Checks no keys and owns no transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

struct Interaction {
  std::int64_t user_id = 0;
  std::int64_t item_id = 0;
  std::optional<std::int64_t> time = {};  ///< Unix seconds
  std::optional<double> rating = {};
};

class InteractionWriter {
 public:
  /// What became of the rows added.
  struct Written {
    std::int64_t added = 0;
    std::int64_t duplicates = 0;
  };

  /// @param batch_rows how many rows are gathered before they are written
  explicit InteractionWriter(const Database& db, std::size_t batch_rows = std::size_t{1} << 21);

  /// The import that interactions added from now on belong to; none before the first call.
  void set_import(std::int64_t import_id);
  void add(const Interaction& interaction);
  /// Writes what is still gathered; returns the counts since the last flush.
  Written flush();

 private:
  void write_batch();
  void write_user(std::span<const std::uint32_t> rows);
  void mark_duplicates(std::int64_t user_id, bool has_history, std::span<const std::uint32_t> rows);
  void insert(std::int64_t sequence, const Interaction& row);
  void insert_pending();

  struct Event {
    std::int64_t time;
    std::int64_t item_id;
    std::int64_t row;  // in batch_, or -1 for one that is stored
    auto operator<=>(const Event&) const = default;
  };
  struct Pending {
    std::int64_t sequence;
    const Interaction* row;
  };

  std::size_t batch_rows_;
  Statement last_sequence_;
  Statement timed_history_;
  Statement insert_one_;
  Statement insert_many_;
  std::vector<Interaction> batch_;
  std::vector<bool> duplicate_;  // (batch)
  std::vector<Event> events_;
  std::vector<Pending> pending_;
  std::optional<std::int64_t> import_id_;
  Written written_;
};

}  // namespace infodiet::recsys
