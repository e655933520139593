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
  throw recsys::DataError(fmt::format("item number {}: {} is {}: expected a number from {} to {}, or nothing", item,
                                      attribute, *value, bounds.low, bounds.high));
}

}  // namespace

Catalogue::Catalogue(std::span<const ItemAttributes> items, std::size_t topics) : Catalogue(topics) {
  for (const ItemAttributes& item : items) add(item);
}

void Catalogue::add(const ItemAttributes& item) {
  constexpr double tiniest = 1e-12;
  constexpr double longest = 1e9;
  check(size(), "quality", item.quality, {-1, 1});
  check(size(), "clickbait", item.clickbait, {0, 1});
  check(size(), "minutes", item.minutes, {tiniest, longest});
  check(size(), "popularity", item.popularity, {tiniest, 1});
  const auto first = static_cast<std::ptrdiff_t>(item_topics_.size());
  for (auto topic = item.topics.begin(); topic != item.topics.end(); ++topic) {
    if (*topic >= topics_ || std::find(item.topics.begin(), topic, *topic) != topic) {
      throw recsys::DataError(
          fmt::format("item number {}: topic {}: expected distinct topics below {}", size(), *topic, topics_));
    }
    item_topics_.push_back(*topic);
  }
  std::sort(item_topics_.begin() + first, item_topics_.end());
  quality_.add(item.quality);
  clickbait_.add(item.clickbait);
  minutes_.add(item.minutes);
  popularity_.add(item.popularity);
  offsets_.push_back(static_cast<std::uint32_t>(item_topics_.size()));
}

Candidate Catalogue::operator[](recsys::ItemIndex item) const {
  const std::size_t begin = offsets_[item];
  return {.item = item,
          .quality = quality_[item],
          .clickbait = clickbait_[item],
          .minutes = minutes_[item],
          .popularity = popularity_[item],
          .topics = std::span(item_topics_).subspan(begin, offsets_[item + 1] - begin)};
}

std::vector<Candidate> Catalogue::all() const {
  std::vector<Candidate> items;
  items.reserve(size());
  for (recsys::ItemIndex item = 0; item < size(); ++item) items.push_back((*this)[item]);
  return items;
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
