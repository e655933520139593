// JSON objects as a table: with a user and an item they are interactions, with only an item they describe the item.
// Objects may lack keys; other keys are ignored.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "recsys/import/described_table.hpp"
#include "recsys/import/json_records.hpp"
#include "recsys/import/recognise.hpp"
#include "recsys/import/text_source.hpp"

namespace infodiet::recsys {
namespace {

constexpr std::size_t sample_objects = 1000;

std::vector<SampleRow> rows_of(ByteSource& source, const std::vector<std::string>& names) {
  const auto records = json_records(
      source, [] { return false; },
      {.names = names, .wanted = std::vector<bool>(names.size(), true), .ids = std::vector<bool>(names.size(), false)});
  std::vector<SampleRow> rows;
  Record record;
  for (std::size_t count = 0; count < sample_objects && records->next(record); ++count) {
    if (record.problem == nullptr) rows.emplace_back(record.fields.begin(), record.fields.end());
  }
  return rows;
}

}  // namespace

std::unique_ptr<RowReader> recognise_json(const FileSample& sample, const ReadingOptions& options) {
  const std::string& first = sample.lines.front();
  const std::size_t start = first.find_first_not_of(" \t");
  if (start == std::string::npos || (first[start] != '{' && first[start] != '[')) return nullptr;
  SeenTable table{.file = sample.name, .dialect = {.kind = Dialect::Kind::json}};
  table.names = json_names(*sample.open(), sample_objects);
  if (table.names.empty()) return nullptr;
  auto columns = columns_by_name(table.names, options);
  if (!columns) return nullptr;
  table.columns = table.names.size();
  table.rows = rows_of(*sample.open(), table.names);
  if (first[start] == '{') {
    const std::string later = fmt::format("{}", fmt::join(sample.later, "\n"));
    TextSource source(later);
    for (SampleRow& row : rows_of(source, table.names)) table.rows.push_back(std::move(row));
  }
  return reader_of(std::move(table), *columns, options);
}

}  // namespace infodiet::recsys
