// Tables as CSV (RFC 4180): every result that a spreadsheet or another program reads. Writes only; recsys/import reads.
#pragma once

#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/io/atomic_file.hpp"

namespace infodiet::recsys {

/// What becomes of text that a spreadsheet would run as a formula, as it may come from a hostile title or id.
enum class CellText {
  inert,  ///< an apostrophe before it makes a spreadsheet show it
  raw,    ///< it is written as it is, for programs that read it back
};

struct CsvOptions {
  engine::FileAccess access = engine::FileAccess::everyone;
  CellText text = CellText::inert;
};

/// A file that appears whole at `commit` or not at all. Text is quoted, numbers are written so that reading them gives
/// the same bits, a field left empty stands for what is not known. Every failure throws std::system_error naming the
/// file.
class CsvFile {
 public:
  /// @param header  the names of the columns, separated by commas
  CsvFile(const std::filesystem::path& path, std::string_view header, const CsvOptions& options = {});

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
