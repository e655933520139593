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

std::string spaced(std::string_view text) {
  return fmt::format("{}", fmt::join(text, " "));
}

Vocabulary::Vocabulary(std::initializer_list<std::vector<std::string>> lists) {
  for (const std::vector<std::string>& texts : lists) {
    for (const std::string& word : split_words(fmt::format("{}", fmt::join(texts, " ")))) {
      if (number_.emplace(word, static_cast<std::uint32_t>(words_.size())).second) words_.push_back(word);
    }
  }
}

std::uint32_t Vocabulary::number(std::string_view word) const {
  const auto found = number_.find(word);
  if (found == number_.end()) throw Error(fmt::format("'{}' is not in the vocabulary", word));
  return found->second;
}

std::vector<std::uint32_t> Vocabulary::numbers(std::string_view text) const {
  std::vector<std::uint32_t> numbers;
  for (const std::string& word : split_words(text)) numbers.push_back(number(word));
  return numbers;
}

std::vector<std::string> Vocabulary::words(std::span<const std::uint32_t> numbers) const {
  std::vector<std::string> words;
  for (const std::uint32_t number : numbers) words.push_back(words_.at(number));
  return words;
}

std::string Vocabulary::text(std::span<const std::uint32_t> numbers, std::string_view between) const {
  return fmt::format("{}", fmt::join(words(numbers), between));
}

}  // namespace infodiet::gallery
