// Topics of items as dense numbers, as models and metrics read them. Names stay with the store
// (recsys/store/catalogue).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Topics of each item, as numbers; an item without topics has unknown ones.
struct ItemTopics {
  std::vector<std::uint32_t> offsets{0};  ///< (V + 1)
  std::vector<std::uint32_t> topics;      ///< ascending and distinct within an item

  std::vector<std::string> names;  ///< of the topics, ascending

  bool operator==(const ItemTopics&) const = default;
  /// V.
  std::size_t items() const { return offsets.size() - 1; }
  std::span<const std::uint32_t> of(std::size_t item) const {
    return std::span(topics).subspan(offsets[item], offsets[item + 1] - offsets[item]);
  }
};

/// Numbers topics by their names in ascending order.
class TopicNumbers {
 public:
  /// Adds the topics of the next item.
  void add(std::span<const std::string> topics);
  /// The topics of all items; ends the numbering.
  ItemTopics finish() &&;

 private:
  std::unordered_map<std::string, std::uint32_t> number_of_;  // in order of appearance
  ItemTopics numbered_;
};

/// The topics of all items of the file.
ItemTopics load_item_topics(const Database& db);

}  // namespace infodiet::recsys
