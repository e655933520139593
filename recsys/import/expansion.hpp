// Limits on the expansion of compressed files: a few kilobytes can unpack to terabytes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace infodiet::recsys {

/// Counts the bytes unpacked from a file.
class Expansion {
 public:
  /// Largest ratio. Real logs compress to a tenth or a fiftieth.
  static constexpr std::uint64_t most_times = 250;
  /// Bytes that are always allowed.
  static constexpr std::uint64_t always_fine = std::uint64_t{16} << 20;
  static constexpr std::uint64_t most_bytes = std::uint64_t{256} << 30;

  /// `name` is for messages.
  explicit Expansion(std::string name) : name_(std::move(name)) {}

  /// Counts `unpacked` more bytes, from `packed` compressed bytes in total so far. Throws DataError beyond the limits.
  void add(std::uint64_t unpacked, std::uint64_t packed);

 private:
  std::string name_;
  std::uint64_t unpacked_ = 0;
};

}  // namespace infodiet::recsys
