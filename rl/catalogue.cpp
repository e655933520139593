#include "rl/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "recsys/errors.hpp"

namespace infodiet::rl {

namespace {

struct Bounds {
  double low;
  double high;
};

void check(std::size_t item, std::string_view attribute, std::optional<double> value, Bounds bounds) {
  if (!value || (*value >= bounds.low && *value <= bounds.high)) return;
  throw recsys::DataError(fmt::format("item number {}: {} is {}: expected a number from {} to {}, or none at all", item,
                                      attribute, *value, bounds.low, bounds.high));
}

}  // namespace

Catalogue::Catalogue(std::span<const ItemAttributes> items, std::size_t topics) : topics_(topics) {
  constexpr double tiniest = 1e-12;
  constexpr double longest = 1e9;
  std::size_t total = 0;
  for (const ItemAttributes& item : items) total += item.topics.size();
  item_topics_.reserve(total);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ItemAttributes& item = items[i];
    check(i, "quality", item.quality, {-1, 1});
    check(i, "clickbait", item.clickbait, {0, 1});
    check(i, "minutes", item.minutes, {tiniest, longest});
    check(i, "popularity", item.popularity, {tiniest, 1});
    const std::size_t first = item_topics_.size();
    for (auto topic = item.topics.begin(); topic != item.topics.end(); ++topic) {
      if (*topic >= topics || std::find(item.topics.begin(), topic, *topic) != topic) {
        throw recsys::DataError(
            fmt::format("item number {}: topic {}: expected distinct topics below {}", i, *topic, topics));
      }
      item_topics_.push_back(*topic);
    }
    std::sort(item_topics_.begin() + static_cast<std::ptrdiff_t>(first), item_topics_.end());
    items_.push_back({.item = static_cast<std::uint32_t>(i),
                      .quality = item.quality,
                      .clickbait = item.clickbait,
                      .minutes = item.minutes,
                      .popularity = item.popularity,
                      .topics = std::span(item_topics_).subspan(first)});
  }
}

std::optional<double> quality_from_ratings(double sum, std::size_t count, const RatingScale& scale) {
  if (count == 0) return std::nullopt;
  const double n = static_cast<double>(count);
  const double rating = (sum + scale.prior_ratings * scale.mean) / (n + scale.prior_ratings);
  if (!(scale.low < scale.high) || !(rating >= scale.low && rating <= scale.high)) {
    throw recsys::DataError(fmt::format("a mean rating of {} on a scale from {} to {}: expected it to be on the scale",
                                        rating, scale.low, scale.high));
  }
  return 2 * (rating - scale.low) / (scale.high - scale.low) - 1;
}

}  // namespace infodiet::rl
