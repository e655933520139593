#include "recsys/attention/number_set.hpp"

namespace infodiet::recsys {

void NumberSet::clear() {
  for (const std::uint32_t number : numbers_) words_[number / word_bits] = 0;
  numbers_.clear();
}

void NumberSet::add(std::span<const std::uint32_t> numbers) {
  for (const std::uint32_t number : numbers) words_.at(number / word_bits) |= std::uint64_t{1} << (number % word_bits);
}

void NumberSet::sort() {
  numbers_.clear();
  for (std::size_t word = 0; word < words_.size(); ++word) {
    before_[word] = static_cast<std::uint32_t>(numbers_.size());
    for (std::uint64_t left = words_[word]; left != 0; left &= left - 1) {
      numbers_.push_back(
          static_cast<std::uint32_t>(word * word_bits + static_cast<std::size_t>(std::countr_zero(left))));
    }
  }
}

}  // namespace infodiet::recsys
