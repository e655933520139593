#include "recsys/import/text_decoder.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace infodiet::recsys {
namespace {

enum class ByteOrder { little, big };

// Recognised by NULs in the high bytes of mostly ASCII text.
std::optional<ByteOrder> order_of(std::string_view start) {
  constexpr std::size_t enough = 8;
  if (start.starts_with("\xff\xfe")) return ByteOrder::little;
  if (start.starts_with("\xfe\xff")) return ByteOrder::big;
  std::size_t even = 0;
  std::size_t odd = 0;
  for (std::size_t i = 0; i < start.size(); ++i) (i % 2 == 0 ? even : odd) += start[i] == '\0';
  const std::size_t pairs = start.size() / 2;
  if (pairs < enough || (even > 0 && odd > 0)) return std::nullopt;
  if (odd * 10 > pairs * 9) return ByteOrder::little;
  return even * 10 > pairs * 9 ? std::optional(ByteOrder::big) : std::nullopt;
}

// Fills the buffer, unlike a single read, which may stop earlier.
std::size_t read_fully(ByteSource& source, std::span<char> buffer) {
  std::size_t size = 0;
  while (size < buffer.size()) {
    const std::size_t count = source.read(buffer.subspan(size));
    if (count == 0) break;
    size += count;
  }
  return size;
}

class PlainText : public ByteSource {
 public:
  PlainText(std::unique_ptr<ByteSource> source, std::string start)
      : source_(std::move(source)), start_(std::move(start)) {
    rest_ = start_;
  }
  std::size_t read(std::span<char> buffer) override {
    const std::size_t count = std::min(buffer.size(), rest_.size());
    std::copy_n(rest_.data(), count, buffer.data());
    rest_.remove_prefix(count);
    return count < buffer.size() ? count + source_->read(buffer.subspan(count)) : count;
  }
  std::uint64_t position() const override { return source_->position(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::string start_;
  std::string_view rest_;
};

// Lines that end with a carriage return, as some spreadsheets still write on a Macintosh.
class CarriageReturnText : public ByteSource {
 public:
  explicit CarriageReturnText(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}
  std::size_t read(std::span<char> buffer) override {
    const std::size_t count = source_->read(buffer);
    std::replace(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count), '\r', '\n');
    return count;
  }
  std::uint64_t position() const override { return source_->position(); }

 private:
  std::unique_ptr<ByteSource> source_;
};

class Utf16Text : public ByteSource {
 public:
  Utf16Text(std::unique_ptr<ByteSource> source, std::string start, ByteOrder order)
      : source_(std::move(source)), order_(order), bytes_(std::move(start)) {}

  std::size_t read(std::span<char> buffer) override {
    constexpr std::size_t most_bytes_a_unit = 4;
    while (text_.empty()) {
      if (bytes_.size() < 2 && !fill()) return 0;
      std::size_t used = 0;
      while (used + 1 < bytes_.size() && text_.size() + most_bytes_a_unit < buffer.size()) used += convert(used);
      bytes_.erase(0, used);
    }
    const std::size_t count = std::min(buffer.size(), text_.size());
    std::copy_n(text_.data(), count, buffer.data());
    text_.erase(0, count);
    return count;
  }
  std::uint64_t position() const override { return source_->position(); }

 private:
  bool fill() {
    std::vector<char> block(std::size_t{1} << 18);
    const std::size_t count = read_fully(*source_, block);
    bytes_.append(block.data(), count);
    if (count == 0) bytes_.clear();  // half a character
    return count > 0;
  }
  std::uint32_t unit(std::size_t at) const {
    const auto first = static_cast<unsigned char>(bytes_[at]);
    const auto second = static_cast<unsigned char>(bytes_[at + 1]);
    return order_ == ByteOrder::little ? first | second << 8U : first << 8U | second;
  }
  // Converts the character at `at`; returns how many bytes it took.
  std::size_t convert(std::size_t at) {
    constexpr std::uint32_t replacement = 0xFFFD;
    std::uint32_t code = unit(at);
    std::size_t used = 2;
    if (code >= 0xD800 && code < 0xDC00) {
      if (at + 3 >= bytes_.size()) fill();
      const std::uint32_t low = at + 3 < bytes_.size() ? unit(at + 2) : 0;
      const bool is_pair = low >= 0xDC00 && low < 0xE000;
      code = is_pair ? 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00) : replacement;
      used = is_pair ? 4 : 2;
    } else if (code >= 0xDC00 && code < 0xE000) {
      code = replacement;
    }
    append(code);
    return used;
  }
  void append(std::uint32_t code) {
    const auto byte = [&](std::uint32_t value) { text_ += static_cast<char>(value); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
      byte(0xC0 | code >> 6U);
    } else if (code < 0x10000) {
      byte(0xE0 | code >> 12U);
      byte(0x80 | (code >> 6U & 0x3F));
    } else {
      byte(0xF0 | code >> 18U);
      byte(0x80 | (code >> 12U & 0x3F));
      byte(0x80 | (code >> 6U & 0x3F));
    }
    byte(0x80 | (code & 0x3F));
  }

  std::unique_ptr<ByteSource> source_;
  ByteOrder order_;
  std::string bytes_;
  std::string text_;
};

}  // namespace

std::unique_ptr<ByteSource> decoded(std::unique_ptr<ByteSource> source) {
  std::string start(std::size_t{1} << 10, '\0');
  start.resize(read_fully(*source, start));
  if (const auto order = order_of(start))
    return std::make_unique<Utf16Text>(std::move(source), std::move(start), *order);
  const std::size_t line_end = start.find_first_of("\r\n");
  const bool has_returns_only = line_end != std::string::npos && line_end + 1 < start.size() &&
                                start[line_end] == '\r' && start.find('\n') == std::string::npos;
  auto text = std::make_unique<PlainText>(std::move(source), std::move(start));
  if (has_returns_only) return std::make_unique<CarriageReturnText>(std::move(text));
  return text;
}

}  // namespace infodiet::recsys
