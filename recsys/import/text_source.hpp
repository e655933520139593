// Text in memory as a source of bytes.
#pragma once

#include <algorithm>
#include <string_view>

#include "recsys/import/input.hpp"

namespace infodiet::recsys {

/// Reads `text`, which must outlive it.
class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : rest_(text), size_(text.size()) {}
  std::size_t read(std::span<char> buffer) override {
    const std::size_t count = std::min(buffer.size(), rest_.size());
    std::copy_n(rest_.data(), count, buffer.data());
    rest_.remove_prefix(count);
    return count;
  }
  std::uint64_t position() const override { return size_ - rest_.size(); }

 private:
  std::string_view rest_;
  std::size_t size_;
};

}  // namespace infodiet::recsys
