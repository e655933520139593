// RecBole's atomic files: tabs between fields, and a header that gives each its name and type, such as user_id:token.
#include <algorithm>
#include <array>

#include "recsys/import/records.hpp"
#include "recsys/import/table_reader.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::array<std::string_view, 4> types{"token", "token_seq", "float", "float_seq"};

}  // namespace

std::unique_ptr<RowReader> recognise_recbole(const FileSample& sample, const ColumnNames& given, Knowledge) {
  std::vector<std::string> names;
  std::vector<std::string> name_types;
  for (const std::string& field : split_quoted(sample.lines.front(), '\t')) {
    const std::size_t colon = field.rfind(':');
    if (colon == std::string::npos) return nullptr;
    names.push_back(field.substr(0, colon));
    name_types.push_back(field.substr(colon + 1));
    if (std::find(types.begin(), types.end(), name_types.back()) == types.end()) return nullptr;
  }
  const ColumnPositions columns = find_columns(names, given);
  std::optional<Contents> contents = contents_of(columns);
  if (!contents && columns.has(ColumnRole::user)) contents = Contents::users;
  if (!contents) return nullptr;
  const auto topics = columns[ColumnRole::topics];
  return table_reader({.contents = *contents,
                       .header = TableLayout::Header::first_line,
                       .quoting = TableLayout::Quoting::csv,
                       .separator = "\t",
                       .fields = names.size(),
                       .columns = columns,
                       .topic_separator = topics && name_types[*topics] == "token_seq" ? ' ' : '|'});
}

}  // namespace infodiet::recsys
