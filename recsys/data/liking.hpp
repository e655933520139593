// Which of what somebody rated they liked. What is rated low counts as seen, is never recommended again and never a
// reason, and weighs less in training (LowRatings in recsys/attention/config.hpp). What has no rating is never low.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/repeats.hpp"

namespace infodiet::recsys {

/// From which rating on something counts as liked.
struct Liking {
  enum class From {
    middle,  ///< the person's own: the median of their ratings
    rating,  ///< one rating for everybody
    any,     ///< nothing is low
  };
  From from = From::middle;
  double rating = 0;

  bool operator==(const Liking&) const = default;
};

/// "middle", "any" or a number, as the command line and the database spell it; nothing for any other text.
std::optional<Liking> parse_liking(std::string_view text);
std::string format_liking(const Liking& liking);

/// Which of one person's interactions are low: 1 where the rating (not a number where there is none) lies under the one
/// for everybody, or under the median of all of theirs (of an even number the mean of the two in the middle). Empty
/// where none is.
std::vector<std::uint8_t> low_by_rating(const Liking& liking, std::span<const double> ratings);

/// The items of a history that its person rated low, the latest of several interactions deciding; ascending. `low` is
/// as long as the history, or empty where nothing is.
std::vector<ItemIndex> low_items(const History& history, std::span<const std::uint8_t> low);

/// What no list for that person holds: what repeats leave out, and what is low, whatever repeats allow.
std::vector<ItemIndex> never_listed(Repeats repeats, const History& history, std::span<const std::uint8_t> low);

}  // namespace infodiet::recsys
