#include "recsys/import/column_kinds.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "recsys/import/values.hpp"

namespace infodiet::recsys {
namespace {

bool is_whole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::size_t decimals(std::string_view text) {
  const std::size_t point = text.find_first_of(".,");
  return point == std::string_view::npos ? 0 : text.size() - point - 1;
}

struct ValueTally {
  std::size_t values = 0;
  std::size_t numbers = 0;
  std::size_t whole = 0;
  std::size_t fine = 0;  // numbers with three decimals or more
  std::size_t tokens = 0;
  std::size_t words = 0;
  double low = 0;
  double high = 0;
};

bool has_blank(std::string_view text) {
  return text.find_first_of(" \t") != std::string_view::npos;
}

void add(ValueTally& tally, std::string_view text) {
  const auto number = parse_number(text);
  if (number && std::isfinite(*number)) {
    tally.low = tally.numbers == 0 ? *number : std::min(tally.low, *number);
    tally.high = tally.numbers == 0 ? *number : std::max(tally.high, *number);
    ++tally.numbers;
    tally.whole += is_whole(text);
    tally.fine += decimals(text) >= 3;
  } else if (!has_blank(text)) {
    const bool has_digit = text.find_first_of("0123456789") != std::string_view::npos;
    ++(has_digit ? tally.tokens : tally.words);
  }
  ++tally.values;
}

ColumnKind kind_of_numbers(const ValueTally& tally) {
  constexpr double most_degrees = 180;
  constexpr double most_points = 10;
  const bool is_small = tally.low >= -most_points && tally.high <= most_points;
  if (tally.fine * 2 > tally.numbers && tally.low >= -most_degrees && tally.high <= most_degrees) {
    return ColumnKind::coordinate;
  }
  if (tally.whole < tally.numbers) return is_small ? ColumnKind::score : ColumnKind::number;
  if (is_small) return ColumnKind::small;
  return tally.low >= 0 ? ColumnKind::integer : ColumnKind::number;
}

ColumnKind kind_of(const ValueTally& tally, const TimeGuess& time) {
  if (tally.values == 0) return ColumnKind::empty;
  if (time.reading && time.reading->is_real() && time.share >= real_share) return ColumnKind::time;
  const auto is_most = [&](std::size_t count) { return count * 10 >= tally.values * 9; };
  if (is_most(tally.numbers)) return kind_of_numbers(tally);
  if (is_most(tally.tokens + tally.numbers)) return ColumnKind::token;
  if (is_most(tally.words)) return ColumnKind::word;
  return is_most(tally.tokens + tally.numbers + tally.words) ? ColumnKind::token : ColumnKind::text;
}

}  // namespace

std::vector<std::string_view> values_of(std::span<const SampleRow> rows, std::size_t column) {
  std::vector<std::string_view> values;
  values.reserve(rows.size());
  for (const SampleRow& row : rows) values.push_back(column < row.size() ? row[column] : std::string_view());
  return values;
}

ColumnFacts facts_of(std::span<const std::string_view> values) {
  ColumnFacts facts;
  facts.time = guess_time(values);
  ValueTally tally;
  std::unordered_set<std::string_view> seen;
  for (const std::string_view value : values) {
    if (is_null_mark(value)) continue;
    add(tally, trimmed(value));
    facts.has_repeats = !seen.insert(value).second || facts.has_repeats;
  }
  facts.kind = kind_of(tally, facts.time);
  return facts;
}

std::vector<ColumnFacts> facts_of_columns(std::span<const SampleRow> rows, std::size_t columns) {
  std::vector<ColumnFacts> facts;
  for (std::size_t column = 0; column < columns; ++column) facts.push_back(facts_of(values_of(rows, column)));
  return facts;
}

}  // namespace infodiet::recsys
