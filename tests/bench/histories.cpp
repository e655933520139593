#include "tests/bench/histories.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "engine/random.hpp"

namespace infodiet::bench {

namespace {

// The 50-quantiles of the lengths of histories, shortest to longest.
constexpr std::array<std::uint32_t, 51> ml_1m_lengths = {
    16,  19,  20,  22,  23,  25,  27,  29,  31,  34,  35,  38,  41,  44,  46,  49,  52,
    56,  60,  63,  68,  72,  76,  82,  87,  94,  99,  104, 111, 118, 124, 133, 142, 151,
    160, 171, 185, 200, 212, 229, 251, 275, 297, 321, 355, 398, 447, 514, 614, 781, 1300};
constexpr std::array<std::uint32_t, 51> beauty_lengths = {
    5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,  5,  5,  5,  6,  6,  6,  6,  6,  6,  6,  6, 6,
    7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 9, 9, 9, 10, 10, 11, 11, 12, 13, 14, 16, 19, 23, 32, 60};

std::size_t length_of(std::span<const std::uint32_t> quantiles, double share) {
  const double at = share * static_cast<double>(quantiles.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const double from = quantiles[below];
  return static_cast<std::size_t>(std::lround(from + (at - std::floor(at)) * (quantiles[below + 1] - from)));
}

/// cumulative[i]: share of all choices that go to items 0..i, the i-th of which is chosen in proportion to 1 / (20 +
/// i).
std::vector<double> popularity(std::size_t items) {
  std::vector<double> cumulative(items);
  for (std::size_t item = 0; item < items; ++item) cumulative[item] = 1.0 / (20.0 + static_cast<double>(item));
  std::partial_sum(cumulative.begin(), cumulative.end(), cumulative.begin());
  for (double& share : cumulative) share /= cumulative.back();
  return cumulative;
}

}  // namespace

recsys::Dataset make_histories(const HistoryShape& shape) {
  const std::span<const std::uint32_t> quantiles =
      shape.lengths == HistoryShape::Lengths::ml_1m ? std::span(ml_1m_lengths) : std::span(beauty_lengths);
  engine::RandomStream stream(1, engine::Purpose::examples);
  const std::vector<double> shares = popularity(shape.items);

  recsys::Dataset data;
  std::vector<std::size_t> lengths(shape.users);
  for (std::size_t user = 0; user < shape.users; ++user) {
    lengths[user] = length_of(quantiles, (static_cast<double>(user) + 0.5) / static_cast<double>(shape.users));
  }
  engine::shuffle(std::span(lengths), stream);
  for (std::size_t user = 0; user < shape.users; ++user) {
    for (std::size_t i = 0; i < lengths[user]; ++i) {
      const auto item = std::upper_bound(shares.begin(), shares.end(), stream.uniform());
      data.items.push_back(static_cast<recsys::ItemIndex>(
          std::min<std::ptrdiff_t>(item - shares.begin(), static_cast<std::ptrdiff_t>(shape.items) - 1)));
    }
    data.offsets.push_back(data.items.size());
    data.user_ids.push_back(static_cast<std::int64_t>(user) + 1);
  }
  data.item_ids.resize(shape.items);
  std::iota(data.item_ids.begin(), data.item_ids.end(), std::int64_t{1});
  return data;
}

}  // namespace infodiet::bench
