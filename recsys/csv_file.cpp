#include "recsys/csv_file.hpp"

#include <csv.h>
#include <fmt/format.h>

namespace infodiet::recsys {

namespace {

// Spreadsheets recognise formulas by the first character of a cell.
bool would_run(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos;
}

}  // namespace

CsvFile::CsvFile(const std::filesystem::path& path, std::string_view header, const CsvOptions& options)
    : file_(path, options.access), text_(options.text), row_(header) {
  row_ += ',';
  end_row();
}

CsvFile& CsvFile::text(std::string_view value) {
  if (text_ == CellText::inert && would_run(value)) return quoted("'" + std::string(value));
  return quoted(value);
}

CsvFile& CsvFile::quoted(std::string_view value) {
  const std::size_t begin = row_.size();
  row_.resize(begin + csv_write(nullptr, 0, value.data(), value.size()));
  csv_write(row_.data() + begin, row_.size() - begin, value.data(), value.size());
  row_ += ',';
  return *this;
}

CsvFile& CsvFile::number(double value) {
  return plain(fmt::format("{}", value));
}

CsvFile& CsvFile::number(float value) {
  return plain(fmt::format("{}", value));
}

CsvFile& CsvFile::plain(std::string_view field) {
  row_ += field;
  row_ += ',';
  return *this;
}

void CsvFile::end_row() {
  row_.back() = '\n';
  file_.write(row_);
  row_.clear();
}

void CsvFile::commit() {
  file_.commit();
}

}  // namespace infodiet::recsys
