#include "tools/terminal/spark.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>
#include <vector>

namespace infodiet::tools {

namespace {

constexpr std::array<std::string_view, 8> heights{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
// The largest rise, as a share of the values, that is drawn as a flat line.
constexpr double least_rise = 0.005;
constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

// At most `width` numbers, each the mean of a group of neighbours.
std::vector<double> condensed(std::span<const double> values, std::size_t width) {
  const std::size_t count = std::min(values.size(), width);
  std::vector<double> means;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = i * values.size() / count;
    const std::size_t end = (i + 1) * values.size() / count;
    const std::span<const double> part = values.subspan(begin, end - begin);
    means.push_back(std::accumulate(part.begin(), part.end(), 0.0) / static_cast<double>(part.size()));
  }
  return means;
}

}  // namespace

std::string spark_line(std::span<const double> values, std::size_t width) {
  const std::vector<double> means = condensed(values, width);
  if (means.empty()) return {};
  const auto [low, high] = std::minmax_element(means.begin(), means.end());
  const bool flat = *high - *low <= least_rise * std::max(std::abs(*high), std::abs(*low));
  std::string line;
  for (const double mean : means) {
    const double height = flat ? 0.5 : (mean - *low) / (*high - *low);
    line += heights[std::min<std::size_t>(static_cast<std::size_t>(height * heights.size()), heights.size() - 1)];
  }
  return line;
}

std::string bar(double share, std::size_t width) {
  const double filled = std::clamp(share, 0.0, 1.0) * static_cast<double>(width * eighths.size());
  const auto steps = static_cast<std::size_t>(std::lround(filled));
  std::string text;
  for (std::size_t i = 0; i < steps / eighths.size(); ++i) text += "█";
  return text.append(eighths[steps % eighths.size()]);
}

}  // namespace infodiet::tools
