// Interactions in memory, as models and evaluation read them: one time-ordered history per user, dense item numbers.
// Independent of how they are stored (recsys/store) and imported (recsys/import).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace infodiet::recsys {

/// Dense number of an item, 0..V-1, in the order of the database's item ids; ties between scores break by it.
using ItemIndex = std::uint32_t;

/// What somebody consumed, oldest first. `times` (Unix seconds) is as long as `items`, or empty if times are unknown.
struct History {
  std::span<const ItemIndex> items;
  std::span<const std::int64_t> times;

  std::size_t size() const { return items.size(); }
  History first(std::size_t count) const { return {items.first(count), times.empty() ? times : times.first(count)}; }
  History last(std::size_t count) const { return {items.last(count), times.empty() ? times : times.last(count)}; }
};

/// All histories end to end.
struct Dataset {
  std::vector<std::size_t> offsets{0};     ///< (users + 1) user u holds [offsets[u], offsets[u + 1])
  std::vector<ItemIndex> items;            ///< (interactions) ordered by time, then by the order of import
  std::vector<std::int64_t> times;         ///< (interactions) Unix seconds, or empty if any time is unknown
  std::vector<float> weights;              ///< (interactions) weight in training; empty: all equal
  std::vector<std::uint8_t> low;           ///< (interactions) 1 if rated low (liking.hpp); empty: none
  std::vector<std::int32_t> nanoseconds;   ///< (interactions) after the second; empty: 0 everywhere
  std::vector<std::uint8_t> are_of_event;  ///< (interactions) 1 if of the wanted event; empty: no event was wanted
  std::vector<std::int64_t> user_ids;      ///< (users) database ids, ascending
  std::vector<std::int64_t> item_ids;  ///< (V) database ids, ascending: item_ids[index] is the id of dense item index
  std::int64_t forgets = 0;            ///< count_forgets() when this was read

  /// Number of users, and V.
  std::size_t users() const { return offsets.size() - 1; }
  std::size_t catalogue_size() const { return item_ids.size(); }
  /// (interactions of the user) of `low`, or empty if nothing is low.
  std::span<const std::uint8_t> low_of(std::size_t user) const {
    if (low.empty()) return {};
    return std::span(low).subspan(offsets[user], offsets[user + 1] - offsets[user]);
  }
  /// The history of user number `user`, a view into this.
  History history(std::size_t user) const {
    const std::size_t begin = offsets[user];
    const std::size_t count = offsets[user + 1] - begin;
    const std::span<const std::int64_t> all_times(times);
    return {std::span(items).subspan(begin, count), times.empty() ? all_times : all_times.subspan(begin, count)};
  }
};

}  // namespace infodiet::recsys
