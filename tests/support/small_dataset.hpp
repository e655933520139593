// A data set written down in a test.
#pragma once

#include <cstdint>
#include <vector>

#include "recsys/data/dataset.hpp"

namespace infodiet::test {

/// Users 1, 2, ... with these histories over items 0..catalogue_size-1, without times unless given one for one.
inline recsys::Dataset small_dataset(const std::vector<std::vector<recsys::ItemIndex>>& histories,
                                     std::size_t catalogue_size,
                                     const std::vector<std::vector<std::int64_t>>& times = {}) {
  recsys::Dataset data;
  for (std::size_t user = 0; user < histories.size(); ++user) {
    data.user_ids.push_back(static_cast<std::int64_t>(user + 1));
    data.items.insert(data.items.end(), histories[user].begin(), histories[user].end());
    if (!times.empty()) data.times.insert(data.times.end(), times[user].begin(), times[user].end());
    data.offsets.push_back(data.items.size());
  }
  for (std::size_t item = 0; item < catalogue_size; ++item)
    data.item_ids.push_back(static_cast<std::int64_t>(item + 1));
  return data;
}

}  // namespace infodiet::test
