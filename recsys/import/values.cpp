#include "recsys/import/values.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>
#include <string>
#include <string_view>

namespace infodiet::recsys {
namespace {

constexpr double max_seconds = 1e11;

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  const std::string date(text);
  for (const char* format : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"}) {
    std::tm fields{};
    const char* rest = strptime(date.c_str(), format, &fields);
    if (rest == nullptr) continue;
    std::string_view zone = rest;
    if (zone.starts_with('.')) zone.remove_prefix(std::min(zone.find_first_not_of("0123456789", 1), zone.size()));
    // strptime takes the 31st of any month.
    const std::chrono::year_month_day day{std::chrono::year(fields.tm_year + 1900),
                                          std::chrono::month(static_cast<unsigned>(fields.tm_mon + 1)),
                                          std::chrono::day(static_cast<unsigned>(fields.tm_mday))};
    if (day.ok() && (zone.empty() || zone == "Z" || zone == "+00:00")) return timegm(&fields);
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  text = trim(text);
  const std::optional<double> number = parse_number(text);
  if (!number) return parse_date(text);
  if (!(std::abs(*number) < max_seconds * 1000)) return std::nullopt;  // catches NaN too
  return static_cast<std::int64_t>(std::floor(std::abs(*number) < max_seconds ? *number : *number / 1000));
}

}  // namespace infodiet::recsys
