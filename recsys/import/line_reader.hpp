// Lines of text from a stream of bytes, in bounded memory. Does not split fields.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "recsys/import/input.hpp"

namespace infodiet::recsys {

/// One line.
struct Line {
  std::int64_t number = 0;        ///< from 1
  std::string_view text;          ///< without its line ending; valid until the next call
  const char* problem = nullptr;  ///< why the line cannot be read, if so
};

/// Reads a source line by line.
class LineReader {
 public:
  /// Longer lines have a problem, and no text.
  static constexpr std::size_t max_line_bytes = std::size_t{16} << 20;

  /// @param should_stop called before each block is read; once it returns true there are no more lines
  LineReader(ByteSource& source, std::function<bool()> should_stop);

  /// The next line; false at the end. Skips a byte order mark at the start of the file.
  bool next(Line& line);

 private:
  bool read_block();
  void skip_rest_of_line();

  ByteSource* source_;
  std::function<bool()> should_stop_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what was not returned yet
  std::size_t end_ = 0;    // of what was read
  std::int64_t number_ = 0;
};

}  // namespace infodiet::recsys
