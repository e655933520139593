#include "recsys/import/line_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace infodiet::recsys {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

LineReader::LineReader(ByteSource& source, std::function<bool()> should_stop)
    : source_(&source), should_stop_(std::move(should_stop)), buffer_(block_bytes) {}

bool LineReader::read_block() {
  if (should_stop_()) {
    begin_ = end_;
    return false;
  }
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= std::exchange(begin_, 0);
  if (buffer_.size() - end_ < block_bytes / 2) buffer_.resize(buffer_.size() + block_bytes);
  const std::size_t count = source_->read({buffer_.data() + end_, buffer_.size() - end_});
  end_ += count;
  return count > 0;
}

void LineReader::skip_rest_of_line() {
  do {
    const char* start = buffer_.data() + begin_;
    if (const void* newline = std::memchr(start, '\n', end_ - begin_)) {
      begin_ += static_cast<std::size_t>(static_cast<const char*>(newline) - start) + 1;
      return;
    }
    begin_ = end_;
  } while (read_block());
}

bool LineReader::next(Line& line) {
  if (number_ == 0) {
    while (end_ - begin_ < byte_order_mark.size() && read_block()) {
    }
    if (std::string_view(buffer_.data() + begin_, end_ - begin_).starts_with(byte_order_mark)) {
      begin_ += byte_order_mark.size();
    }
  }
  std::size_t searched = 0;
  const char* newline = nullptr;
  for (;;) {
    const char* from = buffer_.data() + begin_ + searched;
    newline = static_cast<const char*>(std::memchr(from, '\n', end_ - begin_ - searched));
    searched = end_ - begin_;
    if (newline != nullptr || searched > max_line_bytes || !read_block()) break;
  }
  if (begin_ == end_) return false;
  line.number = ++number_;
  line.problem = nullptr;
  const char* start = buffer_.data() + begin_;
  if (newline == nullptr && searched > max_line_bytes) {
    line.problem = "the line is longer than 16 MiB";
    line.text = {};
    skip_rest_of_line();
    return true;
  }
  line.text = std::string_view(start, newline != nullptr ? static_cast<std::size_t>(newline - start) : end_ - begin_);
  begin_ += line.text.size() + (newline != nullptr ? 1 : 0);
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  if (line.text.find('\0') != std::string_view::npos) line.problem = "NUL byte";
  return true;
}

}  // namespace infodiet::recsys
