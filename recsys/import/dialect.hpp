// How the rows of a table are written.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/line_reader.hpp"

namespace infodiet::recsys {

/// One way to write rows.
struct Dialect {
  enum class Kind {
    quoted,    ///< one character between fields, quoted as CSV where needed (RFC 4180)
    unquoted,  ///< fields between `separator`
    blanks,    ///< fields between runs of blanks and tabs
    json,      ///< an object per row: one per line, or in an array; also as Python prints them
  };
  Kind kind = Kind::quoted;
  std::string separator = ",";
  char comment = '\0';       ///< starts a comment line; 0: no comments
  bool backslashes = false;  ///< \" inside quotes stands for a quote
  bool trims = false;        ///< whether blanks around fields are removed
};

/// In words: "commas", "tabs", "blanks", "JSON".
std::string describe(const Dialect& dialect);

/// One row.
struct Record {
  std::int64_t line = 0;
  std::string_view text;                     ///< the (first) line, unchanged
  std::span<const std::string_view> fields;  ///< valid until the next call
  const char* problem = nullptr;             ///< why there are no fields, if so
};

/// Reads the rows of a table in order.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  /// The next record that is not blank; false at the end.
  virtual bool next(Record& record) = 0;
};

}  // namespace infodiet::recsys
