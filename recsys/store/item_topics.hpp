// Topics of items as dense numbers, as models and metrics read them. Names stay with the store
// (recsys/store/catalogue).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "recsys/store/catalogue.hpp"

namespace infodiet::recsys {

/// Topics of each item, as numbers; an item without any is of unknown topic, not of none.
struct ItemTopics {
  std::vector<std::size_t> offsets{0};  ///< (V + 1)
  std::vector<std::uint32_t> topics;    ///< ascending and distinct within an item

  std::vector<std::string> names;  ///< of the topics, ascending

  std::size_t items() const { return offsets.size() - 1; }
  std::span<const std::uint32_t> of(std::size_t item) const {
    return std::span(topics).subspan(offsets[item], offsets[item + 1] - offsets[item]);
  }
};

/// Numbers the topics of `items` by their names in ascending order.
ItemTopics number_topics(std::span<const Item> items);

}  // namespace infodiet::recsys
