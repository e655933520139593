#include "recsys/store/item_topics.hpp"

#include <algorithm>
#include <numeric>

#include "recsys/store/catalogue.hpp"

namespace infodiet::recsys {

void TopicNumbers::add(std::span<const std::string> topics) {
  for (const std::string& topic : topics) {
    const auto next = static_cast<std::uint32_t>(numbered_.names.size());
    const auto [known, is_new] = number_of_.try_emplace(topic, next);
    if (is_new) numbered_.names.push_back(topic);
    numbered_.topics.push_back(known->second);
  }
  numbered_.offsets.push_back(static_cast<std::uint32_t>(numbered_.topics.size()));
}

ItemTopics TopicNumbers::finish() && {
  std::vector<std::string>& names = numbered_.names;
  std::vector<std::uint32_t> by_name(names.size());
  std::iota(by_name.begin(), by_name.end(), 0U);
  std::sort(by_name.begin(), by_name.end(), [&](auto a, auto b) { return names[a] < names[b]; });
  std::vector<std::uint32_t> number(names.size());
  for (std::uint32_t rank = 0; rank < by_name.size(); ++rank) number[by_name[rank]] = rank;
  std::sort(names.begin(), names.end());
  // A topic that an item names twice counts once.
  std::vector<std::uint32_t>& topics = numbered_.topics;
  std::uint32_t begin = 0;
  std::uint32_t kept = 0;
  for (std::size_t item = 0; item < numbered_.items(); ++item) {
    const std::uint32_t end = numbered_.offsets[item + 1];
    for (std::uint32_t t = begin; t < end; ++t) topics[t] = number[topics[t]];
    std::sort(topics.begin() + begin, topics.begin() + end);
    const auto distinct = std::unique(topics.begin() + begin, topics.begin() + end);
    kept =
        static_cast<std::uint32_t>(std::copy(topics.begin() + begin, distinct, topics.begin() + kept) - topics.begin());
    begin = end;
    numbered_.offsets[item + 1] = kept;
  }
  topics.resize(kept);
  topics.shrink_to_fit();
  numbered_.offsets.shrink_to_fit();
  return std::move(numbered_);
}

ItemTopics load_item_topics(const Database& db) {
  TopicNumbers topics;
  for_each_item(db, [&](const Item& item) { topics.add(item.topics); });
  return std::move(topics).finish();
}

}  // namespace infodiet::recsys
