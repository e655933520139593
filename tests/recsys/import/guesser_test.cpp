// Random tables through the guesser: it never takes a time, a place or a rating for a person or an item.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "engine/random.hpp"
#include "recsys/errors.hpp"
#include "recsys/import/recognise.hpp"
#include "recsys/import/text_source.hpp"

namespace infodiet::recsys {
namespace {

using engine::RandomStream;

enum class Holds { user, item, time, place, rating, event, words };

struct Column {
  Holds holds;
  std::uint64_t variant;  // how its values are written
};

std::string time_text(std::uint64_t variant, RandomStream& stream) {
  const std::int64_t seconds = 1'000'000'000 + static_cast<std::int64_t>(stream.below(700'000'000));
  switch (variant) {
    case 0:
      return fmt::format("{}", seconds);
    case 1:
      return fmt::format("{}", seconds * 1000 + static_cast<std::int64_t>(stream.below(1000)));
    case 2:
      return text_of({seconds, 0});
    case 3:
      return text_of({seconds, 0}).substr(0, 10);
    case 4:
      return fmt::format("2{:03}{:02}{:02}", stream.below(30), 1 + stream.below(12), 1 + stream.below(28));
    case 5:
      return fmt::format("{}.{}", seconds, stream.below(1'000'000));
    default:
      return fmt::format("{}", seconds * 1'000'000);
  }
}
constexpr std::uint64_t time_variants = 7;

std::string rating_text(std::uint64_t variant, RandomStream& stream) {
  switch (variant) {
    case 0:
      return fmt::format("{}", 1 + stream.below(5));
    case 1:
      return fmt::format("{:.1f}", 0.5 * static_cast<double>(1 + stream.below(10)));
    case 2:
      return fmt::format("{}", static_cast<int>(stream.below(12)) - 1);
    case 3:
      return fmt::format("{:.2f}", static_cast<double>(stream.below(2000)) / 100 - 10);
    default:
      return fmt::format("{}", stream.below(2));
  }
}
constexpr std::uint64_t rating_variants = 5;

std::string id_text(std::uint64_t variant, std::uint64_t number) {
  switch (variant) {
    case 0:
      return fmt::format("{}", number);
    case 1:
      return fmt::format("{}", 100 + number);
    case 2:
      return fmt::format("u{}", number);
    case 3:
      return fmt::format("{:016x}", (number + 1) * 0x9E3779B97F4A7C15U);
    default:
      return fmt::format("B{:09}", number);
  }
}
constexpr std::uint64_t id_variants = 5;

std::string value_text(const Column& column, RandomStream& stream) {
  constexpr std::array<std::string_view, 3> events{"view", "cart", "buy"};
  switch (column.holds) {
    case Holds::user:
      return id_text(column.variant, 1 + stream.below(8));
    case Holds::item:
      return id_text(column.variant, 1 + stream.below(300));
    case Holds::time:
      return time_text(column.variant, stream);
    case Holds::place:
      return fmt::format("{:.6f}", static_cast<double>(stream.below(360'000'000)) * 1e-6 - 180);
    case Holds::rating:
      return rating_text(column.variant, stream);
    case Holds::event:
      return std::string(events[stream.below(events.size())]);
    default:
      return fmt::format("Word{} and other", stream.below(9));
  }
}

struct Table {
  std::vector<Column> columns;
  std::string text;
};

std::vector<Column> random_columns(RandomStream& stream) {
  std::vector<Column> columns{{Holds::user, stream.below(id_variants)}, {Holds::item, stream.below(id_variants)}};
  if (stream.below(3) > 0) columns.push_back({Holds::time, stream.below(time_variants)});
  if (stream.below(4) == 0) columns.push_back({Holds::time, stream.below(time_variants)});
  if (stream.below(2) == 0) columns.push_back({Holds::rating, stream.below(rating_variants)});
  if (stream.below(5) == 0) {
    columns.push_back({Holds::place, 0});
    columns.push_back({Holds::place, 0});
  }
  if (stream.below(4) == 0) columns.push_back({Holds::event, 0});
  if (stream.below(8) == 0) columns.push_back({Holds::words, 0});
  // Half of the tables have people first and what they consumed second, as most have.
  const std::size_t kept = stream.below(2) == 0 ? 2 : 0;
  engine::shuffle(std::span(columns).subspan(kept), stream);
  return columns;
}

std::string header_of(const std::vector<Column>& columns, RandomStream& stream, std::string_view separator) {
  constexpr std::array<std::string_view, 7> usual{"user_id", "item_id", "timestamp", "lat", "rating", "event", "title"};
  constexpr std::array<std::string_view, 7> odd{"who", "what", "when", "where", "how good", "did", "said"};
  const bool is_usual = stream.below(2) == 0;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto holds = static_cast<std::size_t>(columns[i].holds);
    // Each name once.
    names.push_back(fmt::format("{}{}", (is_usual ? usual : odd)[holds], i >= 2 ? std::to_string(i) : ""));
    const bool is_first = std::none_of(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i),
                                       [&](const Column& other) { return other.holds == columns[i].holds; });
    if (is_first) names.back() = (is_usual ? usual : odd)[holds];
  }
  return fmt::format("{}\n", fmt::join(names, separator));
}

Table random_table(RandomStream& stream) {
  constexpr std::array<std::string_view, 6> separators{",", "\t", ";", "|", "::", " "};
  Table table{.columns = random_columns(stream), .text = {}};
  std::string_view separator = separators[stream.below(separators.size())];
  const bool has_words = std::any_of(table.columns.begin(), table.columns.end(),
                                     [](const Column& column) { return column.holds == Holds::words; });
  if (separator == " " && has_words) separator = ",";
  if (stream.below(3) == 0) table.text = header_of(table.columns, stream, separator);
  const std::uint64_t rows = 2 + stream.below(60);
  for (std::uint64_t row = 0; row < rows; ++row) {
    std::vector<std::string> fields;
    for (const Column& column : table.columns) fields.push_back(value_text(column, stream));
    table.text += fmt::format("{}\n", fmt::join(fields, separator));
  }
  return table;
}

FileSample sample_of(const Table& table) {
  FileSample sample{
      .name = "table", .lines = {}, .later = {}, .open = [&table] { return std::make_unique<TextSource>(table.text); }};
  for (std::string_view rest = table.text; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
    sample.lines.emplace_back(rest.substr(0, rest.find('\n')));
  }
  return sample;
}

TEST(ImportGuesser, NeverTakesATimeAPlaceOrARatingForAPersonOrAnItem) {
  const char* asked = std::getenv("INFODIET_TABLES");
  const char* start = std::getenv("INFODIET_TABLES_FROM");
  const std::uint64_t tables = asked == nullptr ? 1000 : std::stoull(asked);
  const std::uint64_t first = start == nullptr ? 0 : std::stoull(start);
  std::size_t understood = 0;
  for (std::uint64_t seed = first; seed < first + tables; ++seed) {
    RandomStream stream(seed, engine::Purpose::test);
    const Table table = random_table(stream);
    SCOPED_TRACE(fmt::format("seed {}:\n{}", seed, table.text.substr(0, 300)));
    std::unique_ptr<RowReader> reader;
    try {
      reader = recognise(sample_of(table), {});
    } catch (const DataError&) {
      continue;
    }
    ++understood;
    const Understanding& known = reader->understanding();
    if (known.format == ImportFormat::sequence || known.format == ImportFormat::pairs) {
      ASSERT_EQ(table.columns.size(), 2U) << "no lines of items";
      continue;
    }
    const auto holds = [&](ColumnRole role) { return table.columns.at(known.columns[role].value()).holds; };
    ASSERT_TRUE(holds(ColumnRole::item) == Holds::item || holds(ColumnRole::item) == Holds::user);
    ASSERT_TRUE(holds(ColumnRole::user) == Holds::item || holds(ColumnRole::user) == Holds::user);
    if (known.columns.has(ColumnRole::time) && known.time->is_real()) {
      ASSERT_EQ(holds(ColumnRole::time), Holds::time);
    }
  }
  EXPECT_GT(understood, tables / 3) << "the tables are too odd to test anything";
}

}  // namespace
}  // namespace infodiet::recsys
