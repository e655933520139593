// Limits on how far a packed file may unpack: a few kilobytes can expand to terabytes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace infodiet::recsys {

/// Counts the bytes that come out of a packed file.
class Expansion {
 public:
  /// More than real logs reach: they pack to a tenth or a fiftieth.
  static constexpr std::uint64_t most_times = 250;
  /// Less than this is never too much.
  static constexpr std::uint64_t always_fine = std::uint64_t{16} << 20;
  static constexpr std::uint64_t most_bytes = std::uint64_t{256} << 30;

  /// `name` is for messages.
  explicit Expansion(std::string name) : name_(std::move(name)) {}

  /// `unpacked` more bytes came out, of `packed` in all so far. Throws DataError beyond the bounds.
  void add(std::uint64_t unpacked, std::uint64_t packed);

 private:
  std::string name_;
  std::uint64_t unpacked_ = 0;
};

}  // namespace infodiet::recsys
