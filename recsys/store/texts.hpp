// Many short texts end to end, with an overhead of 4 bytes each instead of a string's 32 or more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/errors.hpp"

namespace infodiet::recsys {

/// A sequence of texts, in the order in which they were added.
class Texts {
 public:
  std::size_t size() const { return starts_.size() - 1; }
  bool empty() const { return size() == 0; }
  std::string_view operator[](std::size_t index) const {
    return std::string_view(all_).substr(start(index), start(index + 1) - start(index));
  }

  /// Appends a text: `first`, then `second`. Throws DamagedError for texts far longer than any import allows.
  void add(std::string_view first, std::string_view second = {}) {
    all_.append(first).append(second);
    if (starts_.size() % block == 0) blocks_.push_back(all_.size());
    const std::size_t in_block = all_.size() - blocks_.back();
    if (in_block > UINT32_MAX) throw DamagedError("a text is too long: run `infodiet doctor`");
    starts_.push_back(static_cast<std::uint32_t>(in_block));
  }
  void shrink_to_fit() {
    all_.shrink_to_fit();
    starts_.shrink_to_fit();
  }

 private:
  static constexpr std::size_t block = 256;
  std::size_t start(std::size_t index) const { return blocks_[index / block] + starts_[index]; }

  std::string all_;
  std::vector<std::uint32_t> starts_{0};  // (size + 1) relative to the start of their block
  std::vector<std::size_t> blocks_{0};    // the start of each group of `block` texts
};

}  // namespace infodiet::recsys
