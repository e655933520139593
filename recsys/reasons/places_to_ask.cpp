#include "recsys/reasons/places_to_ask.hpp"

#include <algorithm>
#include <numeric>

namespace infodiet::recsys {

std::vector<std::size_t> places_to_ask(const AttentionModel& model, const History& history) {
  constexpr std::size_t latest = 24;
  constexpr std::size_t attended = 8;
  std::vector<std::size_t> places(history.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (places.size() <= latest + attended) return places;
  const std::vector<double> attention = model.attention_of_last(history);
  const auto others = places.end() - static_cast<std::ptrdiff_t>(latest);
  std::stable_sort(places.begin(), others, [&](std::size_t a, std::size_t b) { return attention[a] > attention[b]; });
  places.erase(places.begin() + static_cast<std::ptrdiff_t>(attended), others);
  return places;
}

}  // namespace infodiet::recsys
