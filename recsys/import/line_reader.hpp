// Lines of text out of a stream of bytes, in bounded memory. Does not know what separates fields.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "recsys/import/input.hpp"

namespace infodiet::recsys {

struct Line {
  std::int64_t number = 0;        ///< from 1
  std::string_view text;          ///< without its line ending; valid until the next call
  const char* problem = nullptr;  ///< why the line cannot be read, if so
};

class LineReader {
 public:
  /// Longer lines are a problem, and their text is not kept.
  static constexpr std::size_t max_line_bytes = std::size_t{16} << 20;

  /// @param should_stop asked before each block is read; once it answers yes there are no more lines
  LineReader(ByteSource& source, std::function<bool()> should_stop);

  /// The next line; false at the end. A byte order mark at the start of the file is no part of its first line.
  bool next(Line& line);

 private:
  bool read_block();
  void skip_rest_of_line();

  ByteSource* source_;
  std::function<bool()> should_stop_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what is not handed out yet
  std::size_t end_ = 0;    // of what was read
  std::int64_t number_ = 0;
};

}  // namespace infodiet::recsys
