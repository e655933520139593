// Tables with any of the usual delimiters. The first line names the columns, unless the user gives their numbers.
#include <array>
#include <utility>

#include "recsys/import/records.hpp"
#include "recsys/import/table_reader.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::array<char, 4> delimiters{',', '\t', ';', '|'};

TableLayout layout_of(const std::vector<std::string>& first, char delimiter, const ColumnNames& given) {
  TableLayout layout{.header = TableLayout::Header::first_line,
                     .quoting = TableLayout::Quoting::csv,
                     .separator = std::string(1, delimiter),
                     .fields = first.size()};
  auto numbered = numbered_columns(given);
  if (numbered && numbered->count() == 0) numbered.reset();
  layout.columns = find_columns(first, numbered ? ColumnNames() : given);
  if (!numbered) return layout;
  // Numbers are for files without a header, but it may be there all the same.
  const bool names_them =
      numbered->has(ColumnRole::item) && layout.columns[ColumnRole::item] == (*numbered)[ColumnRole::item];
  if (!names_them) layout.header = TableLayout::Header::none;
  layout.columns = *numbered;
  return layout;
}

bool fits(const TableLayout& layout) {
  for (std::size_t role = 0; role < column_role_count; ++role) {
    if (layout.columns[static_cast<ColumnRole>(role)].value_or(0) >= layout.fields) return false;
  }
  return contents_of(layout.columns).has_value();
}

}  // namespace

std::unique_ptr<RowReader> recognise_csv(const FileSample& sample, const ColumnNames& given, Knowledge) {
  std::optional<TableLayout> best;
  for (const char delimiter : delimiters) {
    TableLayout layout = layout_of(split_quoted(sample.lines.front(), delimiter), delimiter, given);
    if (fits(layout) && (!best || layout.columns.count() > best->columns.count())) best = std::move(layout);
  }
  if (!best) return nullptr;
  best->contents = *contents_of(best->columns);
  return table_reader(*std::move(best));
}

}  // namespace infodiet::recsys
