// Many short texts end to end: 4 bytes each beside what they hold, where strings take 32 and more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/errors.hpp"

namespace infodiet::recsys {

class Texts {
 public:
  std::size_t size() const { return starts_.size() - 1; }
  bool empty() const { return size() == 0; }
  std::string_view operator[](std::size_t index) const {
    return std::string_view(all_).substr(start(index), start(index + 1) - start(index));
  }

  /// The next text is `first` and then `second`. Throws DamagedError for one far longer than any that is imported.
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
  std::vector<std::uint32_t> starts_{0};  // (size + 1) from the start of each one's block
  std::vector<std::size_t> blocks_{0};    // where the starts of every `block` texts count from
};

}  // namespace infodiet::recsys
