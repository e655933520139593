// Which rated items a person liked. An item rated low counts as seen, is never recommended again, is never a reason,
// and weighs less in training (LowRatings in recsys/attention/config.hpp). An unrated item is never low.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/repeats.hpp"

namespace infodiet::recsys {

/// The lowest rating that counts as liked.
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

/// Parses "middle", "any" or a number, as the command line and the database spell them; nothing for any other text.
std::optional<Liking> parse_liking(std::string_view text);
/// The reverse.
std::string format_liking(const Liking& liking);

/// Which of one person's interactions are low: 1 where the rating (NaN if there is none) is below the one for
/// everybody, or below the median of theirs (for an even number, the mean of the two in the middle). Empty if none is
/// low.
std::vector<std::uint8_t> low_by_rating(const Liking& liking, std::span<const double> ratings);

/// The items of a history that its person rated low, ascending; if there are several interactions, the latest decides.
/// `low` is as long as the history, or empty if nothing is low.
std::vector<ItemIndex> low_items(const History& history, std::span<const std::uint8_t> low);

/// The items that no list for that person contains: what `repeats` excludes, and what is low in any case.
std::vector<ItemIndex> never_listed(Repeats repeats, const History& history, std::span<const std::uint8_t> low);

}  // namespace infodiet::recsys
