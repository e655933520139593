#include "recsys/store/item_attributes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace infodiet::recsys {

namespace {

constexpr std::size_t fewest_items = 2;
constexpr std::size_t most_items_of_value = 20000;

// (V) numbers of each item's attributes, each once, in the order of ids; and how many items have each.
struct Numbered {
  std::vector<std::vector<std::uint32_t>> of_item;
  std::vector<std::size_t> items;
};

Numbered number_attributes(const Database& db) {
  Numbered numbered;
  std::map<std::pair<std::string, std::string>, std::uint32_t> numbers;
  Statement query = db.prepare(
      "SELECT items.id, a.name, a.value FROM items LEFT JOIN (SELECT item_id, name, value FROM item_attributes"
      " UNION ALL SELECT item_id, '', topic FROM item_topics) AS a ON a.item_id = items.id ORDER BY items.id");
  std::int64_t last = 0;
  while (query.step()) {
    if (numbered.of_item.empty() || query.integer(0) != last) numbered.of_item.emplace_back();
    last = query.integer(0);
    if (query.is_null(1)) continue;
    const auto next = static_cast<std::uint32_t>(numbers.size());
    const auto number =
        numbers.try_emplace({std::string(query.text(1)), std::string(query.text(2))}, next).first->second;
    numbered.of_item.back().push_back(number);
  }
  numbered.items.assign(numbers.size(), 0);
  for (std::vector<std::uint32_t>& own : numbered.of_item) {
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
    for (const std::uint32_t number : own) ++numbered.items[number];
  }
  return numbered;
}

}  // namespace

SparseRows load_item_attributes(const Database& db) {
  const Numbered numbered = number_attributes(db);
  SparseRows rows;
  for (const std::vector<std::uint32_t>& own : numbered.of_item) {
    const std::size_t begin = rows.entries.size();
    double squares = 0;
    for (const std::uint32_t number : own) {
      const std::size_t items = numbered.items[number];
      if (items < fewest_items || items > most_items_of_value || items == numbered.of_item.size()) continue;
      const double weight = std::log(static_cast<double>(numbered.of_item.size()) / static_cast<double>(items));
      squares += weight * weight;
      rows.entries.push_back({number, static_cast<float>(weight)});
    }
    const auto scale = static_cast<float>(squares > 0 ? 1 / std::sqrt(squares) : 0);
    for (std::size_t e = begin; e < rows.entries.size(); ++e) rows.entries[e].value *= scale;
    rows.offsets.push_back(rows.entries.size());
  }
  return rows;
}

}  // namespace infodiet::recsys
