// Words as numbers and back.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace infodiet::gallery {

class Vocabulary {
 public:
  /// Every word of the texts of all lists, split at spaces, once each, in order of appearance.
  explicit Vocabulary(std::initializer_list<std::vector<std::string>> lists);

  std::size_t size() const { return words_.size(); }
  /// The numbers of a word and of a text's words. Throw Error for a word that is not in the vocabulary.
  std::uint32_t number(std::string_view word) const;
  std::vector<std::uint32_t> numbers(std::string_view text) const;

  std::vector<std::string> words(std::span<const std::uint32_t> numbers) const;
  std::string text(std::span<const std::uint32_t> numbers, std::string_view between = " ") const;

 private:
  std::vector<std::string> words_;
  std::map<std::string, std::uint32_t, std::less<>> number_;
};

/// The words of a text, split at spaces.
std::vector<std::string> split_words(std::string_view text);
/// The characters of a text as words.
std::string spaced(std::string_view text);

}  // namespace infodiet::gallery
