// Which rows of a table are read, and which number each has among them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace infodiet::recsys {

/// A set of numbers below a limit that knows the position of each in ascending order.
class NumberSet {
 public:
  explicit NumberSet(std::size_t limit) : words_((limit + word_bits - 1) / word_bits), before_(words_.size()) {}

  /// Removes all numbers.
  void clear();
  /// Adds some, each below the limit; call `sort` after the last.
  void add(std::span<const std::uint32_t> numbers);
  void sort();

  const std::vector<std::uint32_t>& numbers() const { return numbers_; }
  /// The position of a number that it holds.
  std::uint32_t position_of(std::uint32_t number) const {
    const std::size_t word = number / word_bits;
    const std::uint64_t lower = (std::uint64_t{1} << (number % word_bits)) - 1;
    return before_[word] + static_cast<std::uint32_t>(std::popcount(words_[word] & lower));
  }

 private:
  static constexpr std::size_t word_bits = 64;

  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> before_;   // numbers in the words before
  std::vector<std::uint32_t> numbers_;  // ascending
};

}  // namespace infodiet::recsys
