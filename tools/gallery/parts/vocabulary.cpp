#include "tools/gallery/parts/vocabulary.hpp"

#include <fmt/format.h>

#include <sstream>

#include "engine/errors.hpp"

namespace infodiet::gallery {

std::vector<std::string> split_words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

Vocabulary::Vocabulary(std::initializer_list<std::vector<std::string>> lists) {
  for (const std::vector<std::string>& texts : lists) {
    for (const std::string& word : split_words(fmt::format("{}", fmt::join(texts, " ")))) {
      if (number_.emplace(word, static_cast<std::uint32_t>(words_.size())).second) words_.push_back(word);
    }
  }
}

std::vector<std::uint32_t> Vocabulary::numbers(std::string_view text) const {
  std::vector<std::uint32_t> numbers;
  for (const std::string& word : split_words(text)) {
    const auto found = number_.find(word);
    if (found == number_.end()) throw Error(fmt::format("'{}' is not in the vocabulary", word));
    numbers.push_back(found->second);
  }
  return numbers;
}

std::vector<std::string> Vocabulary::words(std::span<const std::uint32_t> numbers) const {
  std::vector<std::string> words;
  for (const std::uint32_t number : numbers) words.push_back(word(number));
  return words;
}

}  // namespace infodiet::gallery
