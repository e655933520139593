// All items of a catalogue in little memory: texts end to end, topics as numbers, no space for attributes that no item
// has. Read-only; a single complete item is Item (recsys/store/catalogue.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "recsys/data/known_values.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/item_topics.hpp"
#include "recsys/store/texts.hpp"

namespace infodiet::recsys {

/// An item of the table; its texts point into the table.
struct ItemRow {
  std::int64_t id = 0;
  std::string_view key = {};
  std::optional<std::string_view> title = {};
  std::optional<double> quality = {};
  std::optional<double> clickbait = {};
  std::optional<double> minutes = {};

  /// Its name for people.
  std::string_view label() const { return title ? *title : key; }
};

/// The table.
class ItemTable {
 public:
  ItemTable() = default;
  /// A table of `items`, whose ids must ascend.
  explicit ItemTable(std::span<const Item> items);

  std::size_t size() const { return texts_.size(); }
  bool empty() const { return texts_.empty(); }
  /// Item `index`, below size().
  ItemRow operator[](std::size_t index) const;
  /// Id and key of item `index`.
  std::int64_t id(std::size_t index) const {
    return ids_.empty() ? first_id_ + static_cast<std::int64_t>(index) : ids_[index];
  }
  std::string_view key(std::size_t index) const {
    return texts_[index].substr(0, key_lengths_[index] & key_length_bits);
  }
  /// The item with that id, if there is one.
  std::optional<ItemIndex> find_id(std::int64_t id) const;

  /// The topics of all items.
  const ItemTopics& topics() const { return topics_; }

  /// An item that is hidden, or available only for a time.
  struct Restriction {
    ItemIndex item;
    bool hidden;
    std::optional<std::int64_t> from;
    std::optional<std::int64_t> until;

    bool shown_at(std::int64_t time) const { return may_be_shown(hidden, from, until, time); }
  };
  /// In ascending order of items.
  const std::vector<Restriction>& restrictions() const { return restrictions_; }

 private:
  friend ItemTable load_item_table(const Database& db);
  void add(const Item& item, TopicNumbers& topics);
  void add_id(std::int64_t id);

  static constexpr std::uint16_t has_title = 0x8000;
  static constexpr std::uint16_t key_length_bits = has_title - 1;

  std::int64_t first_id_ = 0;
  std::vector<std::int64_t> ids_;           // (V), or empty if they are first_id_, first_id_ + 1, ...
  Texts texts_;                             // key and title of each
  std::vector<std::uint16_t> key_lengths_;  // (V), with has_title
  KnownValues quality_;
  KnownValues clickbait_;
  KnownValues minutes_;
  ItemTopics topics_;
  std::vector<Restriction> restrictions_;
};

/// All items of the file: entry i belongs to ItemIndex i of load_dataset().
ItemTable load_item_table(const Database& db);

}  // namespace infodiet::recsys
