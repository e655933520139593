#include "recsys/import/times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>
#include <limits>
#include <utility>
#include <vector>

#include "recsys/import/values.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::int64_t seconds_a_day = 86'400;
constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;
// Plausible times are from the start of 1990 to the end of 2099.
constexpr std::int64_t earliest_of_people = 631'152'000;
constexpr std::int64_t latest_of_people = 4'102'444'800;

constexpr std::array<std::pair<TimeUnit, std::string_view>, 4> unit_names{{{TimeUnit::seconds, "s"},
                                                                           {TimeUnit::milliseconds, "ms"},
                                                                           {TimeUnit::microseconds, "us"},
                                                                           {TimeUnit::nanoseconds, "ns"}}};
constexpr std::array<std::int64_t, 4> units_a_second{1, 1'000, 1'000'000, nanoseconds_a_second};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Removes pieces from the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (peek() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_word(std::string_view upper) {
    if (rest_.size() < upper.size()) return false;
    for (std::size_t i = 0; i < upper.size(); ++i) {
      if ((rest_[i] & ~0x20) != upper[i]) return false;
    }
    rest_.remove_prefix(upper.size());
    return true;
  }
  /// A number of `least` to `most` digits; -1 if there is none.
  std::int64_t digits(std::size_t least, std::size_t most) {
    std::size_t count = 0;
    std::int64_t value = 0;
    while (count < most && count < rest_.size() && is_digit(rest_[count])) value = value * 10 + (rest_[count++] - '0');
    if (count < least) return -1;
    rest_.remove_prefix(count);
    return value;
  }
  /// The digits of a fraction, as nanoseconds.
  std::int32_t fraction() {
    std::int32_t value = 0;
    std::size_t count = 0;
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1)) {
      if (count++ < 9) value = value * 10 + (rest_.front() - '0');
    }
    for (; count < 9; ++count) value *= 10;
    return value;
  }
  void skip_blanks() {
    while (take(' ')) {
    }
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::optional<std::int64_t> day_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

struct Clock {
  std::int64_t seconds = 0;  // of the day, in UTC: may be negative or more than a day
  std::int32_t nanoseconds = 0;
};

// What may follow the time of day: Z, UTC, GMT, +02:00, +0200, +02.
std::optional<std::int64_t> zone_offset(Scanner& scan) {
  scan.skip_blanks();
  if (scan.done() || scan.take_word("Z") || scan.take_word("UTC") || scan.take_word("GMT")) return 0;
  const bool minus = scan.peek() == '-';
  if (!scan.take('+') && !scan.take('-')) return std::nullopt;
  const std::int64_t hours = scan.digits(2, 2);
  scan.take(':');
  const std::int64_t minutes = scan.done() ? 0 : scan.digits(2, 2);
  if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59) return std::nullopt;
  return (minus ? -1 : 1) * (hours * 3600 + minutes * 60);
}

// The rest of a text after its date: empty, or a time of day and perhaps a zone.
std::optional<Clock> clock_of(Scanner& scan) {
  Clock clock;
  scan.take(',');
  if (!scan.take('T') && !scan.take('t')) scan.skip_blanks();
  if (scan.done()) return clock;
  if (!is_digit(scan.peek())) {  // "2024-03-01Z", "2024-03-01 UTC"
    const auto offset = zone_offset(scan);
    return offset && scan.done() ? std::optional(Clock{-*offset, 0}) : std::nullopt;
  }
  std::int64_t hour = scan.digits(1, 2);
  if (!scan.take(':')) return std::nullopt;
  const std::int64_t minute = scan.digits(2, 2);
  std::int64_t second = 0;
  if (scan.take(':')) {
    second = scan.digits(2, 2);
    if (scan.take('.') || scan.take(',')) clock.nanoseconds = scan.fraction();
  }
  scan.skip_blanks();
  const bool morning = scan.take_word("AM");
  if (morning || scan.take_word("PM")) {
    if (hour < 1 || hour > 12) return std::nullopt;
    hour = hour % 12 + (morning ? 0 : 12);
  }
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  const auto offset = zone_offset(scan);
  if (!offset || !scan.done()) return std::nullopt;
  clock.seconds = hour * 3600 + minute * 60 + second - *offset;
  return clock;
}

std::optional<Instant> instant_of(std::optional<std::int64_t> day, Scanner& scan) {
  if (!day) return std::nullopt;
  const auto clock = clock_of(scan);
  if (!clock) return std::nullopt;
  return Instant{*day * seconds_a_day + clock->seconds, clock->nanoseconds};
}

bool take_separator(Scanner& scan, char& separator) {
  separator = scan.peek();
  return (separator == '-' || separator == '/' || separator == '.') && scan.take(separator);
}

std::optional<Instant> parse_year_first(std::string_view text) {
  Scanner scan(text);
  char separator = 0;
  const std::int64_t year = scan.digits(4, 4);
  if (year < 0 || !take_separator(scan, separator)) return std::nullopt;
  const std::int64_t month = scan.digits(1, 2);
  if (!scan.take(separator)) return std::nullopt;
  return instant_of(day_of(year, month, scan.digits(1, 2)), scan);
}

// "31/12/2023", "12/31/23 5:04 PM": the two numbers before the year, and their meaning.
struct DayNumbers {
  std::int64_t first;
  std::int64_t second;
  std::int64_t year;
  char separator;
  Scanner rest;
};

std::optional<DayNumbers> day_numbers(std::string_view text) {
  Scanner scan(text);
  DayNumbers numbers{.first = scan.digits(1, 2), .second = 0, .year = 0, .separator = 0, .rest = scan};
  if (numbers.first < 0 || !take_separator(scan, numbers.separator)) return std::nullopt;
  numbers.second = scan.digits(1, 2);
  if (numbers.second < 0 || !scan.take(numbers.separator)) return std::nullopt;
  const std::size_t before = scan.rest().size();
  numbers.year = scan.digits(2, 4);
  const std::size_t digits = before - scan.rest().size();
  if (numbers.year < 0 || digits == 3) return std::nullopt;
  if (digits == 2) numbers.year += numbers.year < 69 ? 2000 : 1900;  // as POSIX reads %y
  numbers.rest = scan;
  return numbers;
}

std::optional<Instant> parse_days(std::string_view text, bool day_first) {
  auto numbers = day_numbers(text);
  if (!numbers) return std::nullopt;
  if (!day_first) std::swap(numbers->first, numbers->second);
  return instant_of(day_of(numbers->year, numbers->second, numbers->first), numbers->rest);
}

std::optional<Instant> parse_format(const char* format, std::string_view text) {
  // strptime lacks %f: its digits are removed first.
  std::string value(text);
  std::string plain(format);
  Instant instant;
  if (const std::size_t at = plain.find("%f"); at != std::string::npos) {
    const std::size_t point = value.rfind(at > 0 && plain[at - 1] == ',' ? ',' : '.');
    if (point == std::string::npos) return std::nullopt;
    Scanner scan(std::string_view(value).substr(point + 1));
    instant.nanoseconds = scan.fraction();
    value = value.substr(0, point + 1) + std::string(scan.rest());
    plain.erase(at, 2);
  }
  std::tm fields{};
  fields.tm_mday = 1;
  const char* rest = strptime(value.c_str(), plain.c_str(), &fields);
  if (rest == nullptr || !trimmed(rest).empty()) return std::nullopt;
  const std::int64_t offset = fields.tm_gmtoff;  // timegm() clears it
  if (!day_of(fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday)) return std::nullopt;
  instant.seconds = timegm(&fields) - offset;
  return instant;
}

std::optional<Instant> parse_named_month(std::string_view text) {
  constexpr std::size_t longest = 64;
  const bool has_letters = std::any_of(text.begin(), text.end(), [](char c) { return (c | 0x20) >= 'a'; });
  if (!has_letters || text.size() > longest) return std::nullopt;
  for (const char* format :
       {"%a %b %d %H:%M:%S %z %Y", "%a, %d %b %Y %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y",
        "%d %b %Y %H:%M:%S", "%d %b %Y, %H:%M", "%d %b %Y %H:%M", "%d-%b-%Y %H:%M:%S", "%d %b %Y", "%d-%b-%Y",
        "%b %d, %Y, %I:%M:%S %p", "%b %d, %Y %H:%M:%S", "%b %d, %Y"}) {
    if (const auto instant = parse_format(format, text)) return instant;
  }
  return std::nullopt;
}

std::optional<Instant> parse_compact(std::string_view text) {
  if (text.ends_with(".0")) text.remove_suffix(2);
  if (text.size() != 8 && text.size() != 12 && text.size() != 14) return std::nullopt;
  Scanner scan(text);
  const std::int64_t year = scan.digits(4, 4);
  const std::int64_t month = scan.digits(2, 2);
  const auto day = day_of(year, month, scan.digits(2, 2));
  if (!day || year < 1900 || year >= 2100) return std::nullopt;
  const std::int64_t hour = scan.done() ? 0 : scan.digits(2, 2);
  const std::int64_t minute = scan.done() ? 0 : scan.digits(2, 2);
  const std::int64_t second = scan.done() ? 0 : scan.digits(2, 2);
  if (!scan.done() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  return Instant{*day * seconds_a_day + hour * 3600 + minute * 60 + second, 0};
}

std::optional<Instant> parse_dates(std::string_view text) {
  if (const auto instant = parse_year_first(text)) return instant;
  if (const auto instant = parse_named_month(text)) return instant;
  return parse_compact(text);
}

Instant floor_instant(std::int64_t count, std::int64_t a_second) {
  std::int64_t seconds = count / a_second;
  std::int64_t rest = count % a_second;
  if (rest < 0) {
    rest += a_second;
    --seconds;
  }
  return {seconds, static_cast<std::int32_t>(rest * (nanoseconds_a_second / a_second))};
}

// A number of units since 1970. Whole numbers and decimals are read digit by digit: a double has too few of them.
std::optional<Instant> parse_units(std::string_view text, TimeUnit unit) {
  const std::int64_t a_second = units_a_second[static_cast<std::size_t>(unit)];
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error == std::errc() && rest.empty()) return floor_instant(whole, a_second);
  if (error == std::errc() && whole >= 0 && rest.starts_with('.') && rest.size() > 1 &&
      rest.find_first_not_of("0123456789", 1) == std::string_view::npos) {
    Instant instant = floor_instant(whole, a_second);
    Scanner scan(rest.substr(1));
    instant.nanoseconds += static_cast<std::int32_t>(scan.fraction() / a_second);
    return instant;
  }
  double number = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  const double seconds = number / static_cast<double>(a_second);
  constexpr double beyond = 1e15;
  if (failed != std::errc() || stop != text.data() + text.size() || !(std::abs(seconds) < beyond)) return std::nullopt;
  const double floor = std::floor(seconds);
  constexpr double microseconds = 1e6;  // the precision of a double of today's seconds
  const auto fraction = std::min<std::int64_t>(std::llround((seconds - floor) * microseconds), 999'999);
  return Instant{static_cast<std::int64_t>(floor), static_cast<std::int32_t>(fraction * 1000)};
}

bool is_of_people(const Instant& instant) {
  return instant.seconds >= earliest_of_people && instant.seconds < latest_of_people;
}

// Whether the number is a plausible time only in another unit.
bool fits_only_elsewhere(std::string_view text, TimeUnit unit) {
  const auto fits = [&](TimeUnit other) {
    const auto instant = parse_units(text, other);
    return instant && is_of_people(*instant);
  };
  return !fits(unit) &&
         std::any_of(unit_names.begin(), unit_names.end(), [&](const auto& entry) { return fits(entry.first); });
}

struct TimeTally {
  std::size_t values = 0;
  std::size_t dates = 0;
  std::size_t days = 0;
  std::size_t first_above_twelve = 0;
  std::size_t second_above_twelve = 0;
  std::size_t dotted = 0;
  std::size_t compact = 0;
  std::size_t numbers = 0;
  std::array<std::size_t, 4> units{};
};

void add(TimeTally& tally, std::string_view text) {
  ++tally.values;
  if (parse_number(text)) {
    ++tally.numbers;
    tally.compact += parse_compact(text).has_value();
    for (const auto& [unit, name] : unit_names) {
      const auto instant = parse_units(text, unit);
      tally.units[static_cast<std::size_t>(unit)] += instant && is_of_people(*instant);
    }
  } else if (parse_dates(text)) {
    ++tally.dates;
  } else if (const auto numbers = day_numbers(text)) {
    if (parse_days(text, true) || parse_days(text, false)) {
      ++tally.days;
      tally.first_above_twelve += numbers->first > 12;
      tally.second_above_twelve += numbers->second > 12;
      tally.dotted += numbers->separator == '.';
    }
  }
}

bool most(std::size_t part, std::size_t whole) {
  return whole > 0 && part * 2 >= whole;
}

// The units in which more than stray values lie between 1990 and 2100.
std::vector<TimeUnit> units_that_fit(const TimeTally& tally) {
  std::vector<TimeUnit> fit;
  for (const auto& [unit, name] : unit_names) {
    if (tally.units[static_cast<std::size_t>(unit)] * 20 > tally.numbers) fit.push_back(unit);
  }
  return fit;
}

TimeGuess guess_of_days(const TimeTally& tally) {
  const bool day_first = tally.first_above_twelve > 0 || tally.dotted == tally.days;
  if (tally.first_above_twelve > 0 && tally.second_above_twelve > 0) {
    return {.doubt =
                "some dates have the day first and some the month; choose with --time-format '%d/%m/%Y' or "
                "--time-format '%m/%d/%Y'"};
  }
  if (tally.first_above_twelve + tally.second_above_twelve == 0 && tally.dotted < tally.days) {
    return {.doubt =
                "no date tells whether the day or the month comes first; choose with --time-format '%d/%m/%Y' or "
                "--time-format '%m/%d/%Y'"};
  }
  return {.reading = TimeReading{.kind = TimeReading::Kind::days, .day_first = day_first}};
}

TimeGuess guess_of_numbers(const TimeTally& tally) {
  if (tally.compact * 10 >= tally.numbers * 9) return {.reading = TimeReading{.kind = TimeReading::Kind::compact}};
  const std::vector<TimeUnit> fit = units_that_fit(tally);
  if (fit.size() > 1) {
    return {.doubt = fmt::format("some numbers are times between 1990 and 2100 in {}, some in {}; choose with "
                                 "--time-unit {} or --time-unit {}, and the others are rejected",
                                 name_of(fit[0]), name_of(fit[1]), name_of(fit[0]), name_of(fit[1]))};
  }
  if (!fit.empty() && most(tally.units[static_cast<std::size_t>(fit.front())], tally.numbers)) {
    return {.reading = TimeReading{.kind = TimeReading::Kind::number, .unit = fit.front()}};
  }
  return {.reading = TimeReading{.kind = TimeReading::Kind::order}};
}

Fineness fineness_of(const Instant& instant) {
  if (instant.nanoseconds != 0) return Fineness::fractions;
  if (instant.seconds % 60 != 0) return Fineness::seconds;
  return instant.seconds % seconds_a_day != 0 ? Fineness::minutes : Fineness::days;
}

}  // namespace

std::string text_of(const Instant& instant) {
  const std::chrono::sys_seconds time{std::chrono::seconds(instant.seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (instant.nanoseconds != 0) {
    text += fmt::format(".{:09}", instant.nanoseconds);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + 'Z';
}

std::string_view name_of(TimeUnit unit) {
  return unit_names[static_cast<std::size_t>(unit)].second;
}

std::optional<TimeUnit> time_unit_named(std::string_view name) {
  for (const auto& [unit, unit_name] : unit_names) {
    if (unit_name == name) return unit;
  }
  return std::nullopt;
}

std::string describe(const TimeReading& reading) {
  constexpr std::array<std::string_view, 4> units{"seconds", "milliseconds", "microseconds", "nanoseconds"};
  switch (reading.kind) {
    case TimeReading::Kind::dates:
      return "dates, in UTC where no zone is named";
    case TimeReading::Kind::days:
      return reading.day_first ? "dates, the day first" : "dates, the month first";
    case TimeReading::Kind::compact:
      return "dates as YYYYMMDD, with or without hours, minutes and seconds";
    case TimeReading::Kind::number:
      return fmt::format("{} since 1970", units[static_cast<std::size_t>(reading.unit)]);
    case TimeReading::Kind::order:
      return "numbers that are an order only: in no unit do they lie between 1990 and 2100";
    case TimeReading::Kind::format:
      break;
  }
  return fmt::format("dates as {}", reading.format);
}

bool is_time_of_day(std::string_view text) {
  Scanner scan(trimmed(text));
  return scan.rest().find(':') != std::string_view::npos && clock_of(scan).has_value();
}

std::optional<Instant> read_time(const TimeReading& reading, std::string_view text) {
  text = trimmed(text);
  switch (reading.kind) {
    case TimeReading::Kind::dates:
      return parse_dates(text);
    case TimeReading::Kind::days:
      return parse_days(text, reading.day_first);
    case TimeReading::Kind::compact:
      return parse_compact(text);
    case TimeReading::Kind::number: {
      const auto instant = parse_units(text, reading.unit);
      if (!instant || is_of_people(*instant)) return instant;
      return reading.told && !fits_only_elsewhere(text, reading.unit) ? instant : std::nullopt;
    }
    case TimeReading::Kind::order:
      return parse_units(text, TimeUnit::seconds);
    case TimeReading::Kind::format:
      break;
  }
  return parse_format(reading.format.c_str(), text);
}

TimeGuess guess_time(std::span<const std::string_view> values) {
  TimeTally tally;
  for (const std::string_view value : values) {
    if (!is_null_mark(value)) add(tally, trimmed(value));
  }
  TimeGuess guess;
  const std::size_t commonest = std::max({tally.dates, tally.days, tally.numbers});
  if (commonest == 0) return guess;
  if (tally.dates == commonest) {
    guess.reading = TimeReading{.kind = TimeReading::Kind::dates};
  } else {
    guess = tally.days == commonest ? guess_of_days(tally) : guess_of_numbers(tally);
  }
  if (!guess.reading) return guess;
  std::size_t taken = 0;
  for (const std::string_view value : values) {
    if (is_null_mark(value)) continue;
    const auto instant = read_time(*guess.reading, value);
    if (!instant) continue;
    ++taken;
    if (guess.reading->is_real()) guess.fineness = std::max(guess.fineness, fineness_of(*instant));
  }
  guess.share = static_cast<double>(taken) / static_cast<double>(tally.values);
  return guess;
}

}  // namespace infodiet::recsys
