#include "tools/serve/durations.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace infodiet::tools::serve {
namespace {

constexpr double longest_duration = 1e9;

constexpr std::array<std::pair<std::string_view, double>, 6> units{
    {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"ms", .001}}};

bool belongs_to_number(char c) {
  return c == '.' || (c >= '0' && c <= '9');
}

}  // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    double value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    const auto unit_end = std::find_if(text.begin(), text.end(), belongs_to_number);
    const std::string_view unit = text.substr(0, static_cast<std::size_t>(unit_end - text.begin()));
    const auto known = std::find_if(units.begin(), units.end(), [&](const auto& one) { return one.first == unit; });
    if (known == units.end() || !(value >= 0)) return std::nullopt;
    total += value * known->second;
    if (!(total <= longest_duration)) return std::nullopt;
    text.remove_prefix(unit.size());
  }
  return static_cast<std::int64_t>(total);
}

}  // namespace infodiet::tools::serve
