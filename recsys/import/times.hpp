// Times written as text: what a column's values are (found out once, from many of them), and each value as an instant.
// Knows no columns; nothing depends on today's date.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace infodiet::recsys {

/// Unix seconds, and what is left of a second.
struct Instant {
  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;  ///< 0 to 999,999,999
  auto operator<=>(const Instant&) const = default;
};

/// As ISO 8601 has it, in UTC: "2024-03-01T10:00:00.5Z".
std::string text_of(const Instant& instant);

enum class TimeUnit { seconds, milliseconds, microseconds, nanoseconds };
/// "s", "ms", "us", "ns".
std::string_view name_of(TimeUnit unit);
std::optional<TimeUnit> time_unit_named(std::string_view name);

/// How the values of a column are to be read.
struct TimeReading {
  enum class Kind {
    dates,    ///< ISO 8601 and its relatives, dates with the names of months
    days,     ///< numbers of day, month and year, in the order of `day_first`
    compact,  ///< YYYYMMDD, YYYYMMDDHHMM, YYYYMMDDHHMMSS
    number,   ///< since 1970, in `unit`
    order,    ///< numbers that are no times, only larger for later
    format,   ///< `format`, as strptime has it, and %f for a fraction of a second
  };
  Kind kind = Kind::dates;
  bool day_first = false;
  TimeUnit unit = TimeUnit::seconds;
  /// Whether the unit was told: then every number is taken but those that another unit puts between 1990 and 2100;
  /// else only numbers between those years.
  bool told = false;
  std::string format = {};

  bool is_real() const { return kind != Kind::order; }
};

/// In words: "milliseconds since 1970", "dates (ISO 8601)", ...
std::string describe(const TimeReading& reading);

/// Whether this is a time of day: "9:05", "21:05:10.5", "9:05 PM".
bool is_time_of_day(std::string_view text);

/// The instant that a text names; nothing if it is not of this reading. Times without a zone are in UTC. A whole number
/// of an order is its own number of seconds.
std::optional<Instant> read_time(const TimeReading& reading, std::string_view text);

/// What is finest among some instants; a later one is finer.
enum class Fineness { order, days, minutes, seconds, fractions };

struct TimeGuess {
  std::optional<TimeReading> reading = {};  ///< nothing if these are no times, or nobody can tell which
  Fineness fineness = Fineness::order;
  double share = 0;  ///< of the values that are there that the reading takes
  /// Why there is no reading though these look like times, and the options that would settle it; empty otherwise.
  std::string doubt = {};
};

/// Looks at values of one column; null marks are passed over.
TimeGuess guess_time(std::span<const std::string_view> values);

}  // namespace infodiet::recsys
