// Recognises what the columns of a table hold from their values alone.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/times.hpp"

namespace infodiet::recsys {

using SampleRow = std::vector<std::string>;

/// The share of a column's values that must be times for it to count as times.
constexpr double real_share = 0.9;

/// The kinds, from the values of a column.
enum class ColumnKind {
  empty,       ///< null marks only
  time,        ///< real times
  coordinate,  ///< degrees: numbers within 180 with many decimals
  score,       ///< small numbers of which some have a fraction: a rating
  small,       ///< whole numbers of -10 to 10: a rating, a count, an id
  integer,     ///< whole numbers from 0
  number,      ///< any other numbers
  token,       ///< ids with digits and without blanks
  word,        ///< letters without blanks
  text,        ///< anything else
};

/// Facts about a column, from its values.
struct ColumnFacts {
  ColumnKind kind = ColumnKind::empty;
  TimeGuess time = {};       ///< if the values may be times
  bool has_repeats = false;  ///< whether some value occurs in several rows
};

/// The values of one column in rows; empty where a row is short.
std::vector<std::string_view> values_of(std::span<const SampleRow> rows, std::size_t column);

/// The facts of one column's values.
ColumnFacts facts_of(std::span<const std::string_view> values);

/// The facts of each of the first `columns` columns.
std::vector<ColumnFacts> facts_of_columns(std::span<const SampleRow> rows, std::size_t columns);

}  // namespace infodiet::recsys
