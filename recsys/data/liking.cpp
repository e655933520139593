#include "recsys/data/liking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <map>

namespace infodiet::recsys {

std::optional<Liking> parse_liking(std::string_view text) {
  if (text == "middle") return Liking{};
  if (text == "any") return Liking{.from = Liking::From::any};
  double rating = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rating);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(rating)) return std::nullopt;
  return Liking{.from = Liking::From::rating, .rating = rating};
}

std::string format_liking(const Liking& liking) {
  switch (liking.from) {
    case Liking::From::middle:
      return "middle";
    case Liking::From::any:
      return "any";
    case Liking::From::rating:
      break;
  }
  return fmt::format("{}", liking.rating);
}

namespace {

// The lowest rating that is not low, if ratings can be low.
std::optional<double> liked_from(const Liking& liking, std::span<const double> ratings) {
  if (liking.from == Liking::From::any) return std::nullopt;
  if (liking.from == Liking::From::rating) return liking.rating;
  std::vector<double> given;
  std::copy_if(ratings.begin(), ratings.end(), std::back_inserter(given), [](double r) { return !std::isnan(r); });
  if (given.empty()) return std::nullopt;
  const auto middle = given.begin() + static_cast<std::ptrdiff_t>(given.size() / 2);
  std::nth_element(given.begin(), middle, given.end());
  if (given.size() % 2 == 1) return *middle;
  return (*std::max_element(given.begin(), middle) + *middle) / 2;
}

}  // namespace

std::vector<std::uint8_t> low_by_rating(const Liking& liking, std::span<const double> ratings) {
  const std::optional<double> from = liked_from(liking, ratings);
  if (!from) return {};
  std::vector<std::uint8_t> low(ratings.size());
  // NaN is never below.
  std::transform(ratings.begin(), ratings.end(), low.begin(), [&](double r) { return r < *from ? 1 : 0; });
  if (std::find(low.begin(), low.end(), 1) == low.end()) low.clear();
  return low;
}

std::vector<ItemIndex> low_items(const History& history, std::span<const std::uint8_t> low) {
  if (low.empty()) return {};
  std::map<ItemIndex, bool> latest;
  for (std::size_t i = 0; i < history.size(); ++i) latest[history.items[i]] = low[i] != 0;
  std::vector<ItemIndex> items;
  for (const auto& [item, is_low] : latest) {
    if (is_low) items.push_back(item);
  }
  return items;
}

std::vector<ItemIndex> never_listed(Repeats repeats, const History& history, std::span<const std::uint8_t> low) {
  const std::span<const ItemIndex> seen = left_out(repeats, history);
  // If repeats are forbidden, this includes low items.
  return seen.empty() ? low_items(history, low) : std::vector<ItemIndex>(seen.begin(), seen.end());
}

}  // namespace infodiet::recsys
