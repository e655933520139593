// Which delimiter a table has, whether its first line names the columns, and the error where that is unclear.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "recsys/errors.hpp"
#include "recsys/import/described_table.hpp"
#include "recsys/import/recognise.hpp"
#include "recsys/import/records.hpp"
#include "recsys/import/values.hpp"
#include "recsys/utf8.hpp"

namespace infodiet::recsys {
namespace {

using Kind = Dialect::Kind;

// In the order they are tried.
std::vector<Dialect> dialects_of(const FileSample& sample) {
  std::vector<Dialect> dialects;
  for (const std::string_view separator : {",", "\t", ";", "|"}) {
    dialects.push_back({.kind = Kind::quoted, .separator = std::string(separator)});
  }
  dialects.push_back({.kind = Kind::unquoted, .separator = "::"});
  dialects.push_back({.kind = Kind::blanks, .separator = " "});
  const std::string& first = sample.lines.front();
  const bool is_comment = first.starts_with('#') || first.starts_with('%');
  for (Dialect& dialect : dialects) dialect.comment = is_comment ? first.front() : '\0';
  return dialects;
}

bool has_escaped_quotes(const FileSample& sample) {
  return std::any_of(sample.lines.begin(), sample.lines.end(),
                     [](const std::string& line) { return line.find("\\\"") != std::string::npos; });
}

// The rows of a dialect, with quotes escaped by backslashes if that reads more rows.
std::vector<SampleRow> rows_of(const FileSample& sample, Dialect& dialect) {
  std::vector<SampleRow> rows = records_of(sample.lines, dialect);
  if (dialect.kind != Kind::quoted || !has_escaped_quotes(sample)) return rows;
  Dialect escaped = dialect;
  escaped.backslashes = true;
  std::vector<SampleRow> other = records_of(sample.lines, escaped);
  if (other.size() <= rows.size()) return rows;
  dialect = escaped;
  return other;
}

// The number of fields of most rows.
std::size_t usual_fields(const std::vector<SampleRow>& rows) {
  std::map<std::size_t, std::size_t> counts;
  for (const SampleRow& row : rows) ++counts[row.size()];
  const auto usual =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return usual == counts.end() || usual->second * 4 < rows.size() * 3 ? 0 : usual->first;
}

void keep_rows_of_length(std::vector<SampleRow>& rows, std::size_t fields) {
  for (SampleRow& row : rows) {
    if (row.size() == fields + 1 && row.back().empty()) row.pop_back();
  }
  std::erase_if(rows, [&](const SampleRow& row) { return row.size() != fields; });
}

// A comment on top may be the header: "# user item time".
std::optional<std::vector<std::string>> header_in_comment(const FileSample& sample, Dialect dialect) {
  if (dialect.comment == 0) return std::nullopt;
  std::vector<std::string> lines;
  for (const std::string& line : sample.lines) {
    if (line.front() != dialect.comment) break;
    lines.push_back(std::string(trimmed(std::string_view(line).substr(1))));
  }
  dialect.comment = 0;
  std::vector<SampleRow> rows = records_of(lines, dialect);
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.back()));
}

// Whether every value of some column has a blank around it, in more than one row.
bool has_padded_column(const SeenTable& table) {
  for (std::size_t column = 0; column < table.columns; ++column) {
    const auto values = values_of(table.rows, column);
    const auto is_padded = [](std::string_view value) { return trimmed(value).size() < value.size(); };
    if (values.size() > 1 && std::all_of(values.begin(), values.end(), is_padded)) return true;
  }
  return false;
}

// Blanks around fields are removed if the header has them too, or every value of a column.
void trim_rows(SeenTable& table) {
  table.dialect.trims = table.dialect.trims || has_padded_column(table);
  if (!table.dialect.trims) return;
  for (SampleRow& row : table.rows) {
    for (std::string& field : row) field = std::string(trimmed(field));
  }
}

// Some programs end every row with a separator.
bool drop_empty_end(SeenTable& table) {
  if (table.columns < 3) return false;
  const auto last = values_of(table.rows, table.columns - 1);
  if (std::any_of(last.begin(), last.end(), [](std::string_view value) { return !value.empty(); })) return false;
  --table.columns;
  return true;
}

SeenTable seen_table(const FileSample& sample, Dialect dialect) {
  SeenTable table{.file = sample.name, .dialect = std::move(dialect)};
  table.rows = rows_of(sample, table.dialect);
  for (SampleRow& row : records_of(sample.later, table.dialect)) table.rows.push_back(std::move(row));
  table.columns = usual_fields(table.rows);
  return table;
}

// The same with its first row, or the comment above it, as names of the columns.
SeenTable with_header(SeenTable table, std::vector<std::string> names, bool is_first_row) {
  table.has_header = is_first_row;
  if (is_first_row && !table.rows.empty()) table.rows.erase(table.rows.begin());
  for (std::string& name : names) {
    const std::string_view bare = trimmed(name);
    table.dialect.trims = table.dialect.trims || bare.size() != name.size();
    name = std::string(bare);
  }
  table.columns = names.size();
  table.names = std::move(names);
  keep_rows_of_length(table.rows, table.columns);
  trim_rows(table);
  return table;
}

void check_names_differ(const SeenTable& table) {
  std::vector<std::string> names = table.names;
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(
      names.begin(), names.end(), [](const std::string& a, const std::string& b) { return a == b && !a.empty(); });
  if (twice != names.end()) {
    throw DataError(
        fmt::format("{}:1: the header names the column \"{}\" twice; give each its own name", table.file, *twice));
  }
}

struct Headed {
  SeenTable table;
  NamedColumns columns;
  std::size_t worth() const { return columns.positions.count() + (columns.layout != nullptr ? 10 : 0); }
};

std::optional<Headed> headed_table(const FileSample& sample, const Dialect& dialect, const ReadingOptions& options) {
  SeenTable table = seen_table(sample, dialect);
  if (table.rows.empty()) return std::nullopt;
  std::vector<std::string> first = table.rows.front();
  if (const auto names = header_in_comment(sample, dialect); names && names->size() == table.columns) {
    if (const auto columns = columns_by_name(*names, options)) {
      return Headed{with_header(std::move(table), *names, false), *columns};
    }
  }
  SeenTable headed = with_header(std::move(table), std::move(first), true);
  const auto columns = columns_by_name(headed.names, options);
  if (!columns) return std::nullopt;
  return Headed{std::move(headed), *columns};
}

std::optional<Headed> best_headed_table(const FileSample& sample, const ReadingOptions& options) {
  std::optional<Headed> best;
  for (const Dialect& dialect : dialects_of(sample)) {
    auto found = headed_table(sample, dialect, options);
    if (found && (!best || found->worth() > best->worth())) best = std::move(found);
  }
  return best;
}

// Whether the first row is of another kind than the rows below it: a header with unknown names.
bool has_unknown_header(const SeenTable& table) {
  if (table.rows.size() < 2) return false;
  const SampleRow& first = table.rows.front();
  const auto below = std::span(table.rows).subspan(1);
  for (std::size_t column = 0; column < table.columns && column < first.size(); ++column) {
    const ColumnKind kind = facts_of(values_of(below, column)).kind;
    const bool is_number =
        kind != ColumnKind::word && kind != ColumnKind::text && kind != ColumnKind::token && kind != ColumnKind::empty;
    if (is_number && !is_null_mark(first[column]) && first[column].find_first_of("0123456789") == std::string::npos) {
      return true;
    }
  }
  return false;
}

[[noreturn]] void throw_unknown_names(const SeenTable& table) {
  const std::vector<std::string>& names = table.rows.front();
  const ColumnPositions found = find_columns(names, {});
  std::string missing = "people and items";
  std::string known;
  std::string name_them = "user=NAME,item=NAME,time=NAME,rating=NAME";
  for (const auto& [role, other] :
       {std::pair(ColumnRole::user, ColumnRole::item), {ColumnRole::item, ColumnRole::user}}) {
    if (!found.has(role) || found.has(other)) continue;
    missing = role == ColumnRole::user ? "items" : "people";
    known = fmt::format(" ({} are in \"{}\")", role == ColumnRole::user ? "people" : "items", names[*found[role]]);
    name_them = fmt::format("{}=NAME", name_of(other));
  }
  throw DataError(
      fmt::format("{}:1: cannot tell which {} {}{}; there are: {}\nName them: --columns {} (or "
                  "item=NAME,title=NAME,topics=NAME for "
                  "a list of items)",
                  table.file, known.empty() ? "columns hold" : "column holds", missing, known,
                  to_utf8(fmt::format("{}", fmt::join(names, ", "))), name_them));
}

// Whether all commas of a table are decimal commas within numbers.
bool has_decimal_commas(const SeenTable& table) {
  return std::all_of(table.rows.begin(), table.rows.end(), [](const SampleRow& row) {
    return std::all_of(row.begin(), row.end(), [](const std::string& field) {
      return field.find(',') == std::string::npos || parse_number(field).has_value();
    });
  });
}

// The table by the separator that gives most columns, the same number in all rows. Blanks separate only if nothing else
// does, since titles and dates contain them, or if the commas are decimal commas.
std::optional<SeenTable> widest_table(const FileSample& sample) {
  std::optional<SeenTable> widest;
  for (const Dialect& dialect : dialects_of(sample)) {
    SeenTable table = seen_table(sample, dialect);
    drop_empty_end(table);
    if (table.columns < 2 || (widest && table.columns <= widest->columns)) continue;
    const bool is_inside =
        widest && dialect.kind == Kind::blanks && !(widest->dialect.separator == "," && has_decimal_commas(table));
    if (!is_inside) widest = std::move(table);
  }
  return widest;
}

std::unique_ptr<RowReader> numbered_table(const FileSample& sample, const ColumnPositions& numbered,
                                          const ReadingOptions& options) {
  auto table = widest_table(sample);
  if (!table) return nullptr;
  for (std::size_t role = 0; role < column_role_count; ++role) {
    const auto column = numbered[static_cast<ColumnRole>(role)];
    if (column && *column >= table->columns) {
      throw DataError(fmt::format("{}:1: there is no column {} (--columns {}={}): rows have {}", sample.name,
                                  *column + 1, name_of(static_cast<ColumnRole>(role)), *column + 1, table->columns));
    }
  }
  if (!numbered.has(ColumnRole::item)) return nullptr;
  const bool is_log = numbered.has(ColumnRole::user) || options.person;
  if (!is_log && !numbered.has_attributes()) return nullptr;
  NamedColumns columns{.positions = numbered, .contents = is_log ? Contents::interactions : Contents::items};
  // Column numbers are for files without a header, but there may still be one.
  const auto by_name = columns_by_name(table->rows.front(), {.person = options.person});
  const bool names_it = by_name && by_name->positions[ColumnRole::item] == numbered[ColumnRole::item];
  if (names_it || has_unknown_header(*table)) {
    const std::vector<std::string> names = table->rows.front();
    table = with_header(std::move(*table), names, true);
  }
  keep_rows_of_length(table->rows, table->columns);
  trim_rows(*table);
  return reader_of(*std::move(table), columns, options);
}

std::unique_ptr<RowReader> table_of_known_shape(const FileSample& sample, const ReadingOptions& options) {
  for (Dialect dialect : dialects_of(sample)) {
    // Without a header, quotes are trusted only between commas and semicolons.
    if (dialect.separator == "\t" || dialect.separator == "|") dialect.kind = Kind::unquoted;
    SeenTable table = seen_table(sample, dialect);
    if (table.columns < 2) continue;
    const auto find_layout = [&] {
      keep_rows_of_length(table.rows, table.columns);
      trim_rows(table);
      return layout_with_shape(sample.name, dialect.separator, table.rows, facts_of_columns(table.rows, table.columns));
    };
    const Layout* layout = find_layout();
    if (layout == nullptr && drop_empty_end(table)) layout = find_layout();
    if (layout == nullptr) continue;
    NamedColumns columns{.layout = layout};
    for (const auto& [role, number] : layout->columns) {
      if (!options.columns.contains(role)) {
        columns.positions[role] = numbered_columns({{role, std::string(number)}}).value()[role];
      }
    }
    columns.contents = columns.positions.has(ColumnRole::user) ? Contents::interactions : Contents::items;
    return reader_of(std::move(table), columns, options);
  }
  return nullptr;
}

// Whether the first column is 1, 2, 3, ... like users. A few ratings of up to 5 beside two ids may look so by chance.
bool counts_lines(const SeenTable& table) {
  constexpr std::size_t enough = 6;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    if (table.rows[row].front() != fmt::format("{}", row + 1)) return false;
  }
  return table.rows.size() >= enough || table.columns > 3;
}

[[noreturn]] void throw_either(const SeenTable& table) {
  throw DataError(fmt::format(
      "{}:1: this may be a table of {} columns or lines of a person and their items; it starts with: {}\nSay which: "
      "--columns user=1,item=2 (with rating=3, time=4, ... for further columns), or --format sequence",
      table.file, table.columns, to_utf8(fmt::format("{}", fmt::join(table.rows.front(), " ")))));
}

// A table that no name and no layout explains: its columns are recognised by their values.
std::unique_ptr<RowReader> table_by_content(const FileSample& sample, const ReadingOptions& options) {
  auto table = widest_table(sample);
  if (!table) return nullptr;
  if (has_unknown_header(*table)) throw_unknown_names(*table);
  keep_rows_of_length(table->rows, table->columns);
  trim_rows(*table);
  const std::vector<ColumnFacts> facts = facts_of_columns(table->rows, table->columns);
  const bool may_be_ids = table->dialect.kind == Kind::blanks || table->dialect.separator == "\t";
  // Two columns of ids separated by blanks are pairs, a separate format.
  if (may_be_ids && table->columns == 2) return nullptr;
  const bool is_table = holds_a_table(facts) || (table->columns > 2 && facts.front().has_repeats);
  auto positions = columns_by_content(facts);
  if (positions && (is_table || !may_be_ids)) {
    for (const auto& [role, name] : options.columns) (*positions)[role].reset();  // left out by the user
    return reader_of(*std::move(table), {.positions = *positions}, options);
  }
  // A column of small numbers may be ratings, or ids of few items; the first may number the lines.
  const auto others = std::span(facts).subspan(counts_lines(*table) ? 1 : 0);
  const bool may_hold_ratings = std::any_of(others.begin(), others.end(),
                                            [](const ColumnFacts& column) { return column.kind == ColumnKind::small; });
  if (may_be_ids && (is_table || may_hold_ratings)) throw_either(*table);
  return nullptr;
}

}  // namespace

std::unique_ptr<RowReader> recognise_headed_table(const FileSample& sample, const ReadingOptions& options) {
  auto headed = best_headed_table(sample, options);
  if (!headed) return nullptr;
  check_names_differ(headed->table);
  return reader_of(std::move(headed->table), headed->columns, options);
}

std::unique_ptr<RowReader> recognise_table(const FileSample& sample, const ReadingOptions& options) {
  if (const auto numbered = numbered_columns(options.columns)) return numbered_table(sample, *numbered, options);
  if (auto reader = recognise_headed_table(sample, options)) {
    const bool is_movielens = reader->understanding().format == ImportFormat::movielens;
    if (options.format == ImportFormat::movielens && !is_movielens) return nullptr;
    if (options.format == ImportFormat::csv) reader->understanding().format = ImportFormat::csv;
    return reader;
  }
  const bool only_leaves_out = std::all_of(options.columns.begin(), options.columns.end(),
                                           [](const auto& entry) { return entry.second.empty(); });
  if (!only_leaves_out) return nullptr;
  if (auto reader = table_of_known_shape(sample, options)) {
    if (options.format == ImportFormat::csv) reader->understanding().format = ImportFormat::csv;
    const bool is_other = options.format == ImportFormat::movielens && reader->understanding().format != options.format;
    return is_other ? nullptr : std::move(reader);
  }
  return options.format == ImportFormat::movielens ? nullptr : table_by_content(sample, options);
}

std::unique_ptr<RowReader> recognise_recbole(const FileSample& sample, const ReadingOptions& options) {
  constexpr std::array<std::string_view, 4> types{"token", "token_seq", "float", "float_seq"};
  SeenTable table = seen_table(sample, {.kind = Kind::quoted, .separator = "\t"});
  if (table.rows.empty()) return nullptr;
  std::vector<std::string> names;
  std::vector<std::string> name_types;
  for (const std::string& field : table.rows.front()) {
    const std::size_t colon = field.rfind(':');
    if (colon == std::string::npos) return nullptr;
    names.push_back(field.substr(0, colon));
    name_types.push_back(field.substr(colon + 1));
    if (std::find(types.begin(), types.end(), name_types.back()) == types.end()) return nullptr;
  }
  auto columns = columns_by_name(names, options);
  if (columns) columns->layout = nullptr;
  const ColumnPositions found = find_columns(names, options.columns);
  if (!columns && found.has(ColumnRole::user)) columns = {.positions = found, .contents = Contents::users};
  if (!columns) return nullptr;
  ReadingOptions with_topics = options;
  const auto topics = columns->positions[ColumnRole::topics];
  if (topics && name_types[*topics] == "token_seq" && options.topic_separator.empty())
    with_topics.topic_separator.assign(1, ' ');
  table = with_header(std::move(table), std::move(names), true);
  check_names_differ(table);
  auto reader = reader_of(std::move(table), *columns, with_topics);
  reader->understanding().format = ImportFormat::recbole;
  return reader;
}

}  // namespace infodiet::recsys
