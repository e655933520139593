// Times as text: recognises the form of a column from many values, then reads each as an instant. Independent of
// today's date.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace infodiet::recsys {

/// Unix seconds, and nanoseconds after them.
struct Instant {
  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;  ///< 0 to 999,999,999
  // clang-tidy 14 reads <=> as a comparison with 0. NOLINTNEXTLINE(modernize-use-nullptr)
  auto operator<=>(const Instant&) const = default;
};

/// In ISO 8601, in UTC: "2024-03-01T10:00:00.5Z".
std::string text_of(const Instant& instant);

/// Units of times that are numbers.
enum class TimeUnit { seconds, milliseconds, microseconds, nanoseconds };
/// "s", "ms", "us", "ns".
std::string_view name_of(TimeUnit unit);
/// The reverse; nothing for an unknown name.
std::optional<TimeUnit> time_unit_named(std::string_view name);

/// How to read the values of a column.
struct TimeReading {
  enum class Kind {
    dates,    ///< ISO 8601 and its relatives, dates with the names of months
    days,     ///< numbers of day, month and year, in the order of `day_first`
    compact,  ///< YYYYMMDD, YYYYMMDDHHMM, YYYYMMDDHHMMSS
    number,   ///< since 1970, in `unit`
    order,    ///< numbers that are not times, but grow with time
    format,   ///< `format`, in strptime's syntax, and %f for a fraction of a second
  };
  Kind kind = Kind::dates;
  bool day_first = false;
  TimeUnit unit = TimeUnit::seconds;
  /// Whether the user gave the unit. Then every number is accepted, except those that another unit would put between
  /// 1990 and 2100; otherwise only numbers between those years.
  bool told = false;
  std::string format = {};

  bool is_real() const { return kind != Kind::order; }
};

/// In words: "milliseconds since 1970", "dates, the day first", ... Part of the fingerprints of imports: keep the
/// wording.
std::string describe(const TimeReading& reading);

/// Whether this is a time of day: "9:05", "21:05:10.5", "9:05 PM".
bool is_time_of_day(std::string_view text);

/// The instant of a text; nothing if it has another form. Times without a zone are in UTC. A number of kind order
/// counts as seconds.
std::optional<Instant> read_time(const TimeReading& reading, std::string_view text);

/// How fine some instants are, coarsest first.
enum class Fineness { order, days, minutes, seconds, fractions };

/// A reading recognised from values.
struct TimeGuess {
  std::optional<TimeReading> reading = {};  ///< nothing if these are not times, or ambiguous
  Fineness fineness = Fineness::order;
  double share = 0;  ///< of the non-empty values, that the reading accepts
  /// If these look like times but are ambiguous: why, and the options that would settle it; else empty.
  std::string doubt = {};
};

/// Recognises the values of one column; ignores null marks.
TimeGuess guess_time(std::span<const std::string_view> values);

}  // namespace infodiet::recsys
