#include "recsys/store/item_topics.hpp"

#include <algorithm>

namespace infodiet::recsys {

ItemTopics number_topics(std::span<const Item> items) {
  ItemTopics numbered;
  std::vector<std::string>& names = numbered.names;
  for (const Item& item : items) names.insert(names.end(), item.topics.begin(), item.topics.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<std::uint32_t> numbers;
  for (const Item& item : items) {
    numbers.clear();
    for (const std::string& topic : item.topics) {
      numbers.push_back(
          static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), topic) - names.begin()));
    }
    std::sort(numbers.begin(), numbers.end());
    numbered.topics.insert(numbered.topics.end(), numbers.begin(), std::unique(numbers.begin(), numbers.end()));
    numbered.offsets.push_back(numbered.topics.size());
  }
  return numbered;
}

}  // namespace infodiet::recsys
