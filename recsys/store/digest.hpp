// Digests (XXH3) to compare content and detect damage. Not cryptographic: they do not detect forgery.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace infodiet::recsys {

/// A digest of a sequence of parts, including their lengths: "ab","c" and "a","bc" differ.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  /// Each adds a part.
  Digest& add(std::string_view text);
  Digest& add(std::int64_t number);
  template <class T>
  requires std::is_trivially_copyable_v<T> Digest& add(std::span<const T> values) {
    return add_part(std::as_bytes(values));
  }
  /// Appends bytes without their length: a stream in blocks of any size has one digest.
  Digest& append(std::span<const std::byte> bytes);

  /// 32 hexadecimal digits.
  std::string hex() const;
  /// The lower half of the digest.
  std::uint64_t value64() const;

 private:
  Digest& add_part(std::span<const std::byte> bytes);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace infodiet::recsys
