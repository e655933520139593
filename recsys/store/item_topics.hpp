// Topics of items as dense numbers, as models and metrics read them. Names stay with the store
// (recsys/store/catalogue).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Topics of each item, as numbers; for an item without any the topic is unknown. Items with the same topics share
/// memory.
class ItemTopics {
 public:
  std::vector<std::string> names = {};  ///< of the topics, ascending

  bool operator==(const ItemTopics&) const = default;
  std::size_t items() const { return items_; }
  /// Ascending and distinct.
  std::span<const std::uint32_t> of(std::size_t item) const {
    const std::uint32_t set = set_of_.empty() ? 0 : set_of_[item];
    return std::span(topics_).subspan(offsets_[set], offsets_[set + 1] - offsets_[set]);
  }

 private:
  friend class TopicNumbers;
  std::size_t items_ = 0;
  std::vector<std::uint32_t> set_of_ = {};       // (V), or empty if no item has any
  std::vector<std::uint32_t> offsets_ = {0, 0};  // of sets, the first of which is the empty one
  std::vector<std::uint32_t> topics_ = {};
};

/// Numbers topics by their names in ascending order.
class TopicNumbers {
 public:
  /// Adds the topics of the next item.
  void add(std::span<const std::string> topics);
  /// The topics of all items; ends the numbering.
  ItemTopics finish() &&;

 private:
  std::unordered_map<std::string, std::uint32_t> number_of_;             // in order of appearance
  std::map<std::vector<std::uint32_t>, std::uint32_t> set_of_{{{}, 0}};  // number of each set
  ItemTopics numbered_;
};

/// The topics of all items of the file.
ItemTopics load_item_topics(const Database& db);

}  // namespace infodiet::recsys
