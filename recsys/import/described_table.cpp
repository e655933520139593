#include "recsys/import/described_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/import/values.hpp"

namespace infodiet::recsys {
namespace {

// A column of a layout, by its name or its number from 1.
std::optional<std::size_t> column_of(const Layout& layout, std::span<const std::string> names, std::string_view name) {
  if (!layout.header.empty()) return find_column(names, name);
  return numbered_columns({{ColumnRole::item, std::string(name)}}).value()[ColumnRole::item];
}

bool is_given(const ReadingOptions& options, ColumnRole role) {
  return options.columns.contains(role);
}

TextTemplate template_of(std::string_view form, const Layout& layout, std::span<const std::string> names) {
  TextTemplate found;
  while (!form.empty()) {
    const std::size_t open = form.find('{');
    TextTemplate::Piece piece{.text = std::string(form.substr(0, open)), .column = std::nullopt};
    if (open != std::string_view::npos) {
      const std::size_t close = form.find('}', open);
      piece.column = column_of(layout, names, form.substr(open + 1, close - open - 1));
      if (!piece.column) return {};
      form.remove_prefix(close);
    }
    found.pieces.push_back(std::move(piece));
    form.remove_prefix(std::min(form.size(), open == std::string_view::npos ? form.size() : 1));
  }
  return found;
}

void take_columns_of(const Layout& layout, std::span<const std::string> names, const ReadingOptions& options,
                     ColumnPositions& positions) {
  for (const auto& [role, name] : layout.columns) {
    if (is_given(options, role)) continue;
    const auto column = column_of(layout, names, name);
    if (!column) continue;
    if (const auto other = positions.role_of(*column)) {
      if (is_given(options, *other)) continue;
      positions[*other].reset();
    }
    positions[role] = column;
  }
  if (!layout.item_key.empty() && !is_given(options, ColumnRole::item)) {
    const bool names_items = std::any_of(layout.columns.begin(), layout.columns.end(),
                                         [](const auto& entry) { return entry.first == ColumnRole::item; });
    if (!names_items) positions[ColumnRole::item].reset();
  }
}

// In a log a title may be that of a review; only a title known to be the item's is used.
void leave_out_attributes(const Layout* layout, const ReadingOptions& options, ColumnPositions& positions) {
  for (const ColumnRole role : attribute_roles) {
    const bool is_known = is_given(options, role) ||
                          (layout != nullptr && std::any_of(layout->columns.begin(), layout->columns.end(),
                                                            [&](const auto& entry) { return entry.first == role; }));
    if (!is_known) positions[role].reset();
  }
}

std::string name_of_column(const SeenTable& table, std::size_t column) {
  return table.names.empty() ? fmt::format("column {}", column + 1) : table.names[column];
}

struct TimeChoice {
  std::optional<std::size_t> column = {};
  TimeGuess guess = {};
};

// If no name says which column holds the times: the only one of dates. Numbers may be anything.
TimeChoice unnamed_time(const SeenTable& table, const ColumnPositions& positions, std::vector<std::string>& notes) {
  std::vector<TimeChoice> dates;
  std::vector<std::string> names;
  for (std::size_t column = 0; column < table.names.size(); ++column) {
    if (positions.role_of(column) || names_another_time(table.names[column])) continue;
    const auto values = values_of(table.rows, column);
    TimeGuess guess = guess_time(values);
    const bool is_real = guess.reading && guess.reading->is_real() && guess.share >= real_share;
    if (!is_real && guess.doubt.empty()) continue;
    names.push_back(fmt::format("\"{}\"", table.names[column]));
    const bool has_numbers = std::any_of(values.begin(), values.end(),
                                         [](std::string_view value) { return parse_number(value).has_value(); });
    if (!has_numbers) dates.push_back({column, std::move(guess)});
  }
  if (dates.size() == 1) {
    notes.push_back(fmt::format("\"{}\" holds dates, so it is the time (--columns time= leaves it out)",
                                table.names[*dates.front().column]));
    return dates.front();
  }
  if (!names.empty()) {
    notes.push_back(
        fmt::format("these may be times, and were not used: {} (--columns time=NAME)", fmt::join(names, ", ")));
  }
  return {};
}

// The finest of the columns that hold real times; if there is none, the one with the most usual name.
TimeChoice choose_time(const SeenTable& table, const NamedColumns& columns, const ReadingOptions& options,
                       std::vector<std::string>& notes) {
  const auto guess_at = [&](std::size_t column) { return guess_time(values_of(table.rows, column)); };
  const auto fixed = columns.positions[ColumnRole::time];
  const bool is_settled =
      is_given(options, ColumnRole::time) || table.names.empty() || (columns.layout != nullptr && fixed.has_value());
  if (is_settled) return fixed ? TimeChoice{fixed, guess_at(*fixed)} : TimeChoice{};
  TimeChoice best;
  std::vector<std::string> real;
  for (const std::size_t column : time_columns(table.names)) {
    if (const auto role = columns.positions.role_of(column); role && role != ColumnRole::time) continue;
    TimeGuess guess = guess_at(column);
    const bool is_doubtful = !guess.doubt.empty() && column == fixed;
    if (is_doubtful && !best.column) best = {column, guess};
    if (!guess.reading || !guess.reading->is_real() || guess.share < real_share) continue;
    real.push_back(table.names[column]);
    if (!best.column || guess.fineness > best.guess.fineness) best = {column, std::move(guess)};
  }
  if (real.size() > 1) {
    notes.push_back(fmt::format("several columns hold times ({}): {} is the finest", fmt::join(real, ", "),
                                table.names[*best.column]));
  }
  if (!best.column && fixed) best = {fixed, guess_at(*fixed)};
  if (!best.column) best = unnamed_time(table, columns.positions, notes);
  return best;
}

TimeReading reading_of(const SeenTable& table, const TimeChoice& choice, const Layout* layout,
                       const ReadingOptions& options) {
  if (!options.time_format.empty()) {
    return {.kind = TimeReading::Kind::format, .format = options.time_format};
  }
  if (options.time_unit) return {.kind = TimeReading::Kind::number, .unit = *options.time_unit, .told = true};
  if (layout != nullptr && layout->month_first) return {.kind = TimeReading::Kind::days};
  if (!choice.guess.doubt.empty()) {
    throw DataError(
        fmt::format("{}: column \"{}\": {}", table.file, name_of_column(table, *choice.column), choice.guess.doubt));
  }
  return choice.guess.reading.value_or(TimeReading{});
}

// A column of times of day, if that of times holds only days: "10:05" beside "2024-03-01".
std::optional<std::size_t> time_of_day_beside(const SeenTable& table, const TimeChoice& choice,
                                              const ColumnPositions& positions) {
  const auto& reading = choice.guess.reading;
  const bool has_days_only = reading && choice.guess.fineness == Fineness::days &&
                             (reading->kind == TimeReading::Kind::dates || reading->kind == TimeReading::Kind::days);
  if (!has_days_only) return std::nullopt;
  for (const std::size_t column : time_columns(table.names)) {
    const auto role = positions.role_of(column);
    if (column == *choice.column || (role && role != ColumnRole::time)) continue;
    const auto values = values_of(table.rows, column);
    const bool has_any = std::any_of(values.begin(), values.end(), is_time_of_day);
    const bool has_others = std::any_of(values.begin(), values.end(), [](std::string_view value) {
      return !is_null_mark(value) && !is_time_of_day(value);
    });
    if (has_any && !has_others) return column;
  }
  return std::nullopt;
}

void describe_time(const SeenTable& table, const NamedColumns& columns, const ReadingOptions& options,
                   TableLayout& layout) {
  Understanding& known = layout.understanding;
  const TimeChoice choice = choose_time(table, columns, options, known.notes);
  known.columns[ColumnRole::time] = choice.column;
  if (!choice.column) {
    known.notes.emplace_back("no column holds times: the order of the file is the order of histories");
    return;
  }
  const auto values = values_of(table.rows, *choice.column);
  if (!values.empty() && std::all_of(values.begin(), values.end(), is_null_mark)) {
    known.notes.push_back(fmt::format("column \"{}\" is empty: the order of the file is the order of histories",
                                      name_of_column(table, *choice.column)));
    known.columns[ColumnRole::time].reset();
    return;
  }
  known.time = reading_of(table, choice, columns.layout, options);
  if (columns.layout == nullptr && options.time_format.empty() && !is_given(options, ColumnRole::time)) {
    layout.time_of_day = time_of_day_beside(table, choice, columns.positions);
  }
}

// -1 or 0 on a scale that otherwise starts at 1. If everything else is 1, it is a real answer, such as a dislike.
std::optional<double> not_rated_among(std::span<const std::string_view> values) {
  for (const double mark : {-1.0, 0.0}) {
    bool has_mark = false;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const std::string_view value : values) {
      const auto number = is_null_mark(value) ? std::nullopt : parse_number(value);
      if (!number || !std::isfinite(*number)) continue;
      if (*number == mark) {
        has_mark = true;
      } else {
        low = std::min(low, *number);
        high = std::max(high, *number);
      }
    }
    if (has_mark && low >= 1 && high > 1) return mark;
  }
  return std::nullopt;
}

void describe_ratings(const SeenTable& table, Understanding& known) {
  const auto column = known.columns[ColumnRole::rating];
  if (!column) return;
  known.not_rated = not_rated_among(values_of(table.rows, *column));
  if (known.not_rated) {
    known.notes.push_back(
        fmt::format("a rating of {} means not rated: the others start at 1 or above", *known.not_rated));
  }
}

void describe_topics(const SeenTable& table, const ReadingOptions& options, TableLayout& layout) {
  const auto column = layout.understanding.columns[ColumnRole::topics];
  if (!column) return;
  if (!options.topic_separator.empty()) {
    layout.topics.separator = options.topic_separator;
  } else if (layout.topics.separator.empty()) {
    layout.topics = guess_topics(values_of(table.rows, *column));
  }
  layout.understanding.topics = describe(layout.topics);
}

void take_rest_of(const Layout& row, std::span<const std::string> names, TableLayout& layout) {
  layout.understanding.layout = row.name;
  layout.understanding.format = row.format;
  layout.understanding.event_if_null = row.event_if_null;
  layout.understanding.title_prefix = row.title_prefix;
  layout.understanding.taken_events.assign(row.taken_events.begin(), row.taken_events.end());
  layout.item_key = template_of(row.item_key, row, names);
  layout.item_title = template_of(row.item_title, row, names);
  if (!row.time_fallback.empty()) layout.time_fallback = column_of(row, names, row.time_fallback);
  if (!row.time_offset.empty()) layout.time_offset = column_of(row, names, row.time_offset);
  if (!row.event_flag.empty()) layout.event_flag = column_of(row, names, row.event_flag);
  layout.flag_events = row.flag_events;
  layout.flag_topics.assign(row.flag_topics.begin(), row.flag_topics.end());
  layout.first_flag = row.first_flag;
  layout.impressions = row.impressions;
}

// Whether items may share a column's values: words and numbers yes, links and values that differ in every row no.
bool may_be_shared(const SeenTable& table, std::size_t column) {
  constexpr std::size_t enough_rows = 20;
  const std::vector<std::string_view> values = values_of(table.rows, column);
  const bool links =
      std::any_of(values.begin(), values.end(), [](std::string_view value) { return value.starts_with("http"); });
  const ColumnFacts facts = facts_of(values);
  return !links && facts.kind != ColumnKind::empty && (facts.has_repeats || values.size() < enough_rows);
}

void say_uses(const SeenTable& table, TableLayout& layout) {
  Understanding& known = layout.understanding;
  known.uses.assign(known.names.size(), {});
  const auto use = [&](std::optional<std::size_t> column, std::string_view what) {
    if (column && known.uses[*column].empty()) known.uses[*column] = what;
  };
  for (std::size_t i = 0; i < known.names.size(); ++i) {
    if (const auto role = known.columns.role_of(i)) known.uses[i] = name_of(*role);
  }
  for (const TextTemplate::Piece& piece : layout.item_key.pieces) use(piece.column, "part of the item");
  for (const TextTemplate::Piece& piece : layout.item_title.pieces) use(piece.column, "part of the title");
  use(layout.time_of_day, "time of day");
  use(layout.time_fallback, "time where there is no other");
  use(layout.time_offset, "milliseconds after the time");
  use(layout.event_flag, "event");
  for (std::size_t flag = 0; flag < layout.flag_topics.size(); ++flag) use(layout.first_flag + flag, "topic");
  if (layout.impressions) use(*known.columns[ColumnRole::item] - 1, "history");
  if (known.contents != Contents::items) return;
  for (std::size_t i = 0; i < known.names.size(); ++i) {
    if (known.uses[i].empty() && may_be_shared(table, i)) use(i, attribute_use);
  }
}

// The person whose rows these are, if no column names one.
void describe_person(const SeenTable& table, const Layout* layout, const ReadingOptions& options,
                     Understanding& known) {
  if (known.contents != Contents::interactions) return;
  known.person = options.person;
  if (options.person) {
    known.columns[ColumnRole::user].reset();
    known.columns[ColumnRole::session].reset();
  } else if (!known.columns.has(ColumnRole::user)) {
    throw DataError(fmt::format(
        "{}: {}: what one person consumed, but the file does not name them; add --user NAME (such as --user me)",
        table.file, layout != nullptr ? layout->name : "a log without users"));
  }
}

void note_fractional_ids(const SeenTable& table, Understanding& known) {
  for (const ColumnRole role : {ColumnRole::user, ColumnRole::item}) {
    const auto column = known.columns[role];
    if (!column) continue;
    const auto values = values_of(table.rows, *column);
    const bool all = !values.empty() && std::all_of(values.begin(), values.end(), [](std::string_view value) {
      return is_null_mark(value) || (value.ends_with(".0") && parse_number(value));
    });
    if (all) {
      known.notes.push_back(fmt::format(
          "ids in \"{}\" are written as {}: they are kept so, and differ from ids without .0 in other files",
          known.names[*column], values.front()));
    }
  }
}

bool is_log(const ColumnPositions& positions, const Layout* layout, const ReadingOptions& options) {
  if (layout != nullptr && layout->one_person) return true;
  if (positions.has(ColumnRole::user)) return true;
  return options.person &&
         (positions.has(ColumnRole::time) || positions.has(ColumnRole::rating) || !positions.has_attributes());
}

}  // namespace

std::optional<NamedColumns> columns_by_name(std::span<const std::string> names, const ReadingOptions& options) {
  NamedColumns columns;
  columns.layout = layout_with_header(names);
  columns.positions = find_columns(names, options.columns);
  if (columns.layout != nullptr) take_columns_of(*columns.layout, names, options, columns.positions);
  const bool has_items =
      columns.positions.has(ColumnRole::item) || (columns.layout != nullptr && !columns.layout->item_key.empty());
  if (!has_items) return std::nullopt;
  if (is_log(columns.positions, columns.layout, options)) {
    leave_out_attributes(columns.layout, options, columns.positions);
  } else if (columns.positions.has_attributes()) {
    columns.contents = Contents::items;
    for (const ColumnRole role : {ColumnRole::time, ColumnRole::rating, ColumnRole::event, ColumnRole::session}) {
      columns.positions[role].reset();
    }
  } else {
    return std::nullopt;
  }
  return columns;
}

std::optional<ColumnPositions> columns_by_content(std::span<const ColumnFacts> facts) {
  using enum ColumnKind;
  ColumnPositions positions;
  std::vector<std::size_t> ids;  // or counts, or ratings without a fraction
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const ColumnKind kind = facts[i].kind;
    if (kind == time) {
      const auto best = positions[ColumnRole::time];
      if (!best || facts[i].time.fineness > facts[*best].time.fineness) positions[ColumnRole::time] = i;
    } else if (kind == score) {
      if (positions.has(ColumnRole::rating)) return std::nullopt;
      positions[ColumnRole::rating] = i;
    } else if (kind == integer || kind == token || kind == small) {
      ids.push_back(i);
    }
  }
  // If another of them is small too, it may be the rating.
  const bool third_is_rating = ids.size() == 3 && !positions.has(ColumnRole::rating) && facts[ids[0]].kind != small &&
                               facts[ids[1]].kind != small && facts[ids[2]].kind == small;
  if (third_is_rating) {
    positions[ColumnRole::rating] = ids[2];
    ids.pop_back();
  }
  if (ids.size() != 2) return std::nullopt;
  // A small number may be a rating, and the rated item the other column or one of words.
  if (facts[ids[1]].kind == small && !positions.has(ColumnRole::rating)) return std::nullopt;
  positions[ColumnRole::user] = ids[0];
  positions[ColumnRole::item] = ids[1];
  return positions;
}

bool holds_a_table(std::span<const ColumnFacts> facts) {
  using enum ColumnKind;
  return std::any_of(facts.begin(), facts.end(), [](const ColumnFacts& column) {
    return column.kind == time || column.kind == coordinate || column.kind == score || column.kind == number;
  });
}

std::unique_ptr<RowReader> reader_of(SeenTable table, NamedColumns columns, const ReadingOptions& options) {
  TableLayout layout{.dialect = table.dialect, .has_header = table.has_header};
  Understanding& known = layout.understanding;
  known.format = table.dialect.kind == Dialect::Kind::json ? ImportFormat::jsonl : ImportFormat::csv;
  known.contents = columns.contents;
  known.columns = columns.positions;
  for (std::size_t i = 0; i < table.columns; ++i) known.names.push_back(name_of_column(table, i));
  known.dialect = describe(table.dialect);
  if (table.dialect.kind != Dialect::Kind::json) {
    known.dialect += table.has_header ? ", a header" : ", no header";
    if (table.names.empty() && columns.layout == nullptr && options.columns.empty()) {
      known.notes.emplace_back("nothing names the columns: they are recognised by their values");
    }
  }
  if (table.dialect.trims) known.notes.emplace_back("blanks around values are removed");
  if (columns.layout != nullptr) {
    take_rest_of(*columns.layout, table.names, layout);
    if (table.dialect.kind == Dialect::Kind::json) known.format = ImportFormat::jsonl;
  }
  describe_person(table, columns.layout, options, known);
  if (known.contents == Contents::interactions) {
    describe_time(table, columns, options, layout);
    describe_ratings(table, known);
  }
  describe_topics(table, options, layout);
  note_fractional_ids(table, known);
  say_uses(table, layout);
  return table_reader(std::move(layout));
}

}  // namespace infodiet::recsys
