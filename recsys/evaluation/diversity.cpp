#include "recsys/evaluation/diversity.hpp"

#include <algorithm>
#include <cmath>

namespace infodiet::recsys {

double gini(std::span<const double> amounts) {
  if (amounts.size() < 2) return 0;
  std::vector<double> ascending(amounts.begin(), amounts.end());
  std::sort(ascending.begin(), ascending.end());
  const auto n = static_cast<double>(ascending.size());
  double sum = 0;
  double total = 0;
  for (std::size_t j = 0; j < ascending.size(); ++j) {
    sum += (2 * static_cast<double>(j + 1) - n - 1) * ascending[j];
    total += ascending[j];
  }
  return sum / (total * (n - 1));
}

std::optional<double> jaccard(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  if (a.empty() || b.empty()) return std::nullopt;
  std::size_t shared = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) ++shared;
    const bool advance_i = *i <= *j;
    const bool advance_j = *j <= *i;
    if (advance_i) ++i;
    if (advance_j) ++j;
  }
  return static_cast<double>(shared) / static_cast<double>(a.size() + b.size() - shared);
}

std::vector<double> smoothed_popularity(std::span<const std::uint32_t> counts) {
  double total = 0;
  for (const std::uint32_t count : counts) total += count + 1.0;
  std::vector<double> popularity;
  popularity.reserve(counts.size());
  for (const std::uint32_t count : counts) popularity.push_back((count + 1.0) / total);
  return popularity;
}

double novelty(double popularity) {
  return -std::log2(popularity);
}

}  // namespace infodiet::recsys
