#include "recsys/import/slate_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>

#include "recsys/errors.hpp"
#include "recsys/import/columns.hpp"
#include "recsys/import/json_records.hpp"
#include "recsys/import/line_reader.hpp"
#include "recsys/import/records.hpp"
#include "recsys/import/text_source.hpp"
#include "recsys/import/values.hpp"
#include "recsys/store/digest.hpp"

namespace infodiet::recsys {
namespace {

using SlateColumnPositions = std::array<std::optional<std::size_t>, slate_column_count>;

constexpr std::array<std::string_view, slate_column_count> column_names{"session",
                                                                        "step",
                                                                        "user",
                                                                        "time",
                                                                        "policy",
                                                                        "version",
                                                                        "ordered",
                                                                        "candidates",
                                                                        "slate",
                                                                        "probability",
                                                                        "place_probabilities",
                                                                        "prefix_probabilities",
                                                                        "chosen",
                                                                        "reward"};

/// Aliases, normalised by normalised_name().
struct OtherName {
  std::string_view name;
  SlateColumn column;
};
constexpr std::array other_names{
    OtherName{"sessionid", SlateColumn::session},      OtherName{"userid", SlateColumn::user},
    OtherName{"timestamp", SlateColumn::time},         OtherName{"shown", SlateColumn::slate},
    OtherName{"propensity", SlateColumn::probability}, OtherName{"pscore", SlateColumn::probability},
    OtherName{"clicked", SlateColumn::chosen}};

std::string all_of(const Input& input) {
  const std::unique_ptr<ByteSource> source = input.open();
  std::string text;
  std::vector<char> block(std::size_t{1} << 16);
  for (std::size_t size = source->read(block); size > 0; size = source->read(block)) text.append(block.data(), size);
  return text;
}

void add_row(SlateRows& rows, const Record& record, const SlateColumnPositions& positions, std::size_t expected) {
  if (record.problem != nullptr) {
    rows.rejected.push_back({record.line, record.problem});
    return;
  }
  if (record.fields.size() != expected) {
    rows.rejected.push_back({record.line, fmt::format("{} fields: expected {}", record.fields.size(), expected)});
    return;
  }
  SlateRow row{.line = record.line, .fields = {}};
  for (std::size_t i = 0; i < slate_column_count; ++i) {
    if (positions[i]) row.fields[i] = record.fields[*positions[i]];
  }
  rows.rows.push_back(std::move(row));
}

std::optional<std::size_t> slate_column_of(std::string_view name) {
  const std::string plain = normalised_name(name);
  for (std::size_t i = 0; i < slate_column_count; ++i) {
    if (normalised_name(column_names[i]) == plain) return i;
  }
  for (const OtherName& other : other_names) {
    if (other.name == plain) return static_cast<std::size_t>(other.column);
  }
  return std::nullopt;
}

SlateColumnPositions find_slate_columns(const std::string& file, const std::vector<std::string>& names,
                                        SlateRows& rows) {
  SlateColumnPositions found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto column = slate_column_of(names[i]);
    if (!column) {
      rows.unused.push_back(names[i]);
      continue;
    }
    if (found[*column]) {
      throw DataError(fmt::format("{}: columns '{}' and '{}' both hold {}: leave one of them out", file,
                                  names[*found[*column]], names[i], column_names[*column]));
    }
    found[*column] = i;
  }
  for (std::size_t i = 0; i < slate_column_count; ++i) rows.present[i] = found[i].has_value();
  return found;
}

SlateRows rows_of_json(const std::string& file, const std::string& text) {
  SlateRows rows;
  TextSource names_source(text);
  const std::vector<std::string> names = json_names(names_source, 1000);
  const SlateColumnPositions found = find_slate_columns(file, names, rows);
  TextSource source(text);
  const auto records = json_records(
      source, never,
      {.names = names, .wanted = std::vector<bool>(names.size(), true), .ids = std::vector<bool>(names.size(), false)});
  for (Record record; records->next(record);) add_row(rows, record, found, names.size());
  return rows;
}

SlateRows rows_of_csv(const std::string& file, const std::string& text) {
  SlateRows rows;
  const std::string_view header = std::string_view(text).substr(0, text.find('\n'));
  constexpr std::array separators{',', '\t', ';'};
  const char separator = *std::max_element(separators.begin(), separators.end(), [&](char a, char b) {
    return std::count(header.begin(), header.end(), a) < std::count(header.begin(), header.end(), b);
  });
  TextSource source(text);
  LineReader lines(source, never);
  const auto records = delimited_records(lines, {.separator = std::string(1, separator), .trims = true});
  Record record;
  if (!records->next(record) || record.problem != nullptr) return rows;
  const std::vector<std::string> names(record.fields.begin(), record.fields.end());
  const SlateColumnPositions found = find_slate_columns(file, names, rows);
  while (records->next(record)) add_row(rows, record, found, names.size());
  return rows;
}

}  // namespace

std::string_view name_of(SlateColumn column) {
  return column_names.at(static_cast<std::size_t>(column));
}

SlateRows read_slate_rows(const Input& input) {
  const std::string text = all_of(input);
  std::string_view start = text;
  if (start.starts_with("\xef\xbb\xbf")) start.remove_prefix(3);
  start = trimmed(start.substr(0, 4096));
  const bool is_json = start.starts_with('{') || start.starts_with('[');
  SlateRows rows = is_json ? rows_of_json(input.name(), text) : rows_of_csv(input.name(), text);
  std::vector<std::string_view> missing;
  for (const SlateColumn column : {SlateColumn::candidates, SlateColumn::slate}) {
    if (!rows.has(column)) missing.push_back(name_of(column));
  }
  if (!missing.empty()) {
    throw DataError(fmt::format("{}: no column {}: expected a log of slates, CSV with a header or JSON lines, with {}",
                                input.name(), fmt::join(missing, " and no column "), fmt::join(column_names, ", ")));
  }
  if (rows.rows.empty() && rows.rejected.empty()) {
    throw DataError(fmt::format("{}: there are no rows: expected one slate per row", input.name()));
  }
  rows.content = Digest().add(text).hex();
  return rows;
}

}  // namespace infodiet::recsys
