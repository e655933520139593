// How the rows of a table are written down.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/line_reader.hpp"

namespace infodiet::recsys {

struct Dialect {
  enum class Kind {
    quoted,    ///< one character between fields, quoted as CSV where need be (RFC 4180)
    unquoted,  ///< fields between `separator`
    blanks,    ///< fields between runs of blanks and tabs
    json,      ///< an object a row: one a line, or in an array; Python's way of writing them is read too
  };
  Kind kind = Kind::quoted;
  std::string separator = ",";
  char comment = '\0';       ///< lines that start with it are none; 0: there is no such character
  bool backslashes = false;  ///< \" inside quotes stands for a quote
  bool trims = false;        ///< blanks around fields are no part of them
};

/// In words: "commas", "tabs", "blanks", "JSON".
std::string describe(const Dialect& dialect);

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

}  // namespace infodiet::recsys
