#include "recsys/store/item_topics.hpp"

#include <algorithm>
#include <numeric>

#include "recsys/store/catalogue.hpp"

namespace infodiet::recsys {

void TopicNumbers::add(std::span<const std::string> topics) {
  std::vector<std::uint32_t> set;
  for (const std::string& topic : topics) {
    const auto next = static_cast<std::uint32_t>(numbered_.names.size());
    const auto [known, is_new] = number_of_.try_emplace(topic, next);
    if (is_new) numbered_.names.push_back(topic);
    set.push_back(known->second);
  }
  // A topic that an item names twice counts once.
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
  const auto [known, is_new] = set_of_.try_emplace(std::move(set), static_cast<std::uint32_t>(set_of_.size()));
  if (is_new) {
    numbered_.topics_.insert(numbered_.topics_.end(), known->first.begin(), known->first.end());
    numbered_.offsets_.push_back(static_cast<std::uint32_t>(numbered_.topics_.size()));
    numbered_.set_of_.resize(numbered_.items_, 0);  // for earlier items, which had none
  }
  if (set_of_.size() > 1) numbered_.set_of_.push_back(known->second);
  ++numbered_.items_;
}

ItemTopics TopicNumbers::finish() && {
  std::vector<std::string>& names = numbered_.names;
  std::vector<std::uint32_t> by_name(names.size());
  std::iota(by_name.begin(), by_name.end(), 0U);
  std::sort(by_name.begin(), by_name.end(), [&](auto a, auto b) { return names[a] < names[b]; });
  std::vector<std::uint32_t> number(names.size());
  for (std::uint32_t rank = 0; rank < by_name.size(); ++rank) number[by_name[rank]] = rank;
  std::sort(names.begin(), names.end());
  std::vector<std::uint32_t>& topics = numbered_.topics_;
  for (std::uint32_t& topic : topics) topic = number[topic];
  for (std::size_t set = 0; set + 1 < numbered_.offsets_.size(); ++set) {
    std::sort(topics.begin() + numbered_.offsets_[set], topics.begin() + numbered_.offsets_[set + 1]);
  }
  topics.shrink_to_fit();
  numbered_.set_of_.shrink_to_fit();
  return std::move(numbered_);
}

ItemTopics load_item_topics(const Database& db) {
  TopicNumbers topics;
  for_each_item(db, [&](const Item& item) { topics.add(item.topics); });
  return std::move(topics).finish();
}

}  // namespace infodiet::recsys
