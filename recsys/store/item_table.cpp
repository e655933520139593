#include "recsys/store/item_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recsys/errors.hpp"

namespace infodiet::recsys {

ItemTable::ItemTable(std::span<const Item> items) {
  TopicNumbers topics;
  for (const Item& item : items) add(item, topics);
  topics_ = std::move(topics).finish();
}

void ItemTable::add_id(std::int64_t id) {
  if (empty()) first_id_ = id;
  const bool follows = id == first_id_ + static_cast<std::int64_t>(size());
  if (ids_.empty() && !follows) {
    for (std::size_t index = 0; index < size(); ++index) ids_.push_back(first_id_ + static_cast<std::int64_t>(index));
  }
  if (!ids_.empty() || !follows) ids_.push_back(id);
}

void ItemTable::add(const Item& item, TopicNumbers& topics) {
  // Far above what imports allow.
  if (item.key.size() > key_length_bits) throw DamagedError(fmt::format("item {}: its id is too long", item.id));
  const bool always = !item.hidden && !item.available_from && !item.available_until;
  if (!always) {
    restrictions_.push_back({static_cast<ItemIndex>(size()), item.hidden, item.available_from, item.available_until});
  }
  add_id(item.id);
  texts_.add(item.key, item.title ? std::string_view(*item.title) : std::string_view());
  key_lengths_.push_back(static_cast<std::uint16_t>(item.key.size() | (item.title ? has_title : 0U)));
  quality_.add(item.quality);
  clickbait_.add(item.clickbait);
  minutes_.add(item.minutes);
  topics.add(item.topics);
}

ItemRow ItemTable::operator[](std::size_t index) const {
  ItemRow row{.id = id(index),
              .key = key(index),
              .quality = quality_[index],
              .clickbait = clickbait_[index],
              .minutes = minutes_[index]};
  if ((key_lengths_[index] & has_title) != 0) row.title = texts_[index].substr(row.key.size());
  return row;
}

std::optional<ItemIndex> ItemTable::find_id(std::int64_t id) const {
  std::size_t index = 0;
  if (ids_.empty()) {
    if (id < first_id_) return std::nullopt;
    index = static_cast<std::size_t>(id - first_id_);
  } else {
    index = static_cast<std::size_t>(std::lower_bound(ids_.begin(), ids_.end(), id) - ids_.begin());
  }
  if (index >= size() || this->id(index) != id) return std::nullopt;
  return static_cast<ItemIndex>(index);
}

ItemTable load_item_table(const Database& db) {
  ItemTable table;
  TopicNumbers topics;
  for_each_item(db, [&](const Item& item) { table.add(item, topics); });
  table.topics_ = std::move(topics).finish();
  table.texts_.shrink_to_fit();
  table.key_lengths_.shrink_to_fit();
  return table;
}

}  // namespace infodiet::recsys
