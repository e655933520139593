// How much to trust one prediction beyond another.
#pragma once

#include <cstdint>
#include <span>

namespace infodiet::rl {

/// The share s for which base + s (other - base) predicted what was seen best, in squares: the mean of
/// (other - base) (seen - base) over that of (other - base)^2, averaged over about the last quarter of all lessons: the
/// first ones, when little was known, soon count for nothing, and later there are many.
struct BestShare {
  double product = 0;
  double square = 0;

  /// Follows predictions made before `seen` was learned; `lessons` were followed before.
  void follow(std::span<const double> base, std::span<const double> other, std::span<const double> seen,
              std::uint64_t lessons) {
    BestShare now;
    for (std::size_t r = 0; r < seen.size(); ++r) {
      const double more = other[r] - base[r];
      now.product += more * (seen[r] - base[r]) / static_cast<double>(seen.size());
      now.square += more * more / static_cast<double>(seen.size());
    }
    const double weight = 4 / static_cast<double>(lessons + 4);
    product += weight * (now.product - product);
    square += weight * (now.square - square);
  }
  /// s; `unknown` as long as the predictions did not differ.
  double share(double unknown) const { return square > 0 ? product / square : unknown; }
};

}  // namespace infodiet::rl
