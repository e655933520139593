// Tables as CSV (RFC 4180), for spreadsheets and other programs. Writes only; recsys/import reads.
#pragma once

#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/io/atomic_file.hpp"

namespace infodiet::recsys {

/// How to write text that a spreadsheet would run as a formula, as a hostile title or id may be.
enum class CellText {
  inert,  ///< with an apostrophe before it, so that a spreadsheet shows it
  raw,    ///< unchanged, for programs that read it back
};

/// How a file is written.
struct CsvOptions {
  engine::FileAccess access = engine::FileAccess::everyone;
  CellText text = CellText::inert;
};

/// A file that appears complete at `commit` or not at all. Text is quoted; numbers round-trip to the same bits; an
/// empty field is an unknown value. Every failure throws std::system_error naming the file.
class CsvFile {
 public:
  /// @param header  the names of the columns, separated by commas
  CsvFile(const std::filesystem::path& path, std::string_view header, const CsvOptions& options = {});

  /// Each appends one field to the row.
  CsvFile& text(std::string_view value);
  CsvFile& number(double value);
  CsvFile& number(float value);
  CsvFile& number(std::integral auto value) { return plain(std::to_string(value)); }
  CsvFile& empty() { return plain({}); }
  void end_row();
  void commit();

 private:
  CsvFile& quoted(std::string_view value);
  CsvFile& plain(std::string_view field);

  engine::AtomicFile file_;
  CellText text_;
  std::string row_;
};

}  // namespace infodiet::recsys
