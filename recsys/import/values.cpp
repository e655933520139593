#include "recsys/import/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "recsys/utf8.hpp"

namespace infodiet::recsys {
namespace {

std::optional<double> parse_decimal(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool is_null_mark(std::string_view text) {
  constexpr std::size_t longest = 4;
  constexpr std::array<std::string_view, 7> marks{"na", "n/a", "nan", "none", "null", "\\n", "<na>"};
  if (text.find_first_not_of(" \t\r") == std::string_view::npos) return true;
  if (text.size() > longest) return false;
  return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
    return std::equal(text.begin(), text.end(), mark.begin(), mark.end(), [](char a, char b) { return lower(a) == b; });
  });
}

std::optional<double> parse_number(std::string_view text) {
  text = trimmed(text);
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return parse_decimal(text);
  constexpr std::size_t thousand_digits = 3;
  if (text.find_first_of(",.", comma + 1) != std::string_view::npos || text.find('.') != std::string_view::npos ||
      text.size() - comma - 1 == thousand_digits) {
    return std::nullopt;
  }
  std::string with_point(text);
  with_point[comma] = '.';
  return parse_decimal(with_point);
}

std::string readable_text(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 6> entities{
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}, {"&apos;", '\''}}};
  std::string readable = to_utf8(text);
  for (std::size_t at = readable.find('&'); at != std::string::npos; at = readable.find('&', at + 1)) {
    for (const auto& [entity, character] : entities) {
      if (readable.compare(at, entity.size(), entity) != 0) continue;
      readable.replace(at, entity.size(), 1, character);
      break;
    }
  }
  return readable;
}

}  // namespace infodiet::recsys
