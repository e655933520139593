// Records of delimited text: lines cut into fields, with CSV's quoting (RFC 4180, by libcsv) or without any.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/line_reader.hpp"

namespace infodiet::recsys {

struct Record {
  std::int64_t line = 0;
  std::string_view text;                     ///< the (first) line as it stands
  std::span<const std::string_view> fields;  ///< valid until the next call
  const char* problem = nullptr;             ///< why there are no fields, if so
};

class RecordReader {
 public:
  virtual ~RecordReader() = default;
  /// The next record that is not blank; false at the end.
  virtual bool next(Record& record) = 0;
};

/// Fields between separators, nothing quoted.
std::unique_ptr<RecordReader> unquoted_records(LineReader& lines, std::string separator);

/// CSV with any delimiter. A record with a quoted field may span lines. Where a quote is never closed, or is followed
/// by something other than a delimiter, only the record's first line is a problem; reading goes on with the next.
/// A quote inside a field that does not start with one is kept as it is. Spaces are kept.
std::unique_ptr<RecordReader> quoted_records(LineReader& lines, char delimiter);

/// One line's fields by the rules of quoted_records(); empty if it is not a whole record.
std::vector<std::string> split_quoted(std::string_view line, char delimiter);
std::vector<std::string> split_unquoted(std::string_view line, std::string_view separator);

}  // namespace infodiet::recsys
