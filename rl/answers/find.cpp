#include "rl/answers/find.hpp"

#include <algorithm>
#include <string>
#include <tuple>

namespace infodiet::rl {

namespace {

// Letters of two bytes in lower case: of Latin-1, Greek and Cyrillic, where it is a fixed distance away.
char32_t lower_case(char32_t letter) {
  if ((letter >= 0xC0 && letter <= 0xDE && letter != 0xD7) || (letter >= 0x391 && letter <= 0x3A9) ||
      (letter >= 0x410 && letter <= 0x42F)) {
    return letter + 0x20;
  }
  return letter >= 0x400 && letter <= 0x40F ? letter + 0x50 : letter;
}

std::string folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 'A' && byte <= 'Z') {
      out += static_cast<char>(byte + 0x20);
    } else if ((byte & 0xE0U) == 0xC0U && i + 1 < text.size()) {
      const auto next = static_cast<unsigned char>(text[++i]);
      const char32_t letter = lower_case(((byte & 0x1FU) << 6U) | (next & 0x3FU));
      out += static_cast<char>(0xC0U | (letter >> 6U));
      out += static_cast<char>(0x80U | (letter & 0x3FU));
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z');
}

enum class Match { none, inside, at_beginnings };

Match match(const std::string& text, const std::vector<std::string>& words) {
  Match found = Match::at_beginnings;
  for (const std::string& word : words) {
    std::size_t at = text.find(word);
    if (at == std::string::npos) return Match::none;
    while (at != std::string::npos && at > 0 && is_word_byte(text[at - 1])) at = text.find(word, at + 1);
    if (at == std::string::npos) found = Match::inside;
  }
  return found;
}

std::vector<std::size_t> times_taken_in(const View& view) {
  std::vector<std::size_t> counts(view.items().size());
  for (const recsys::ItemIndex item : view.histories().items) ++counts[item];
  return counts;
}

// The first `most` of what was found, least key first.
template <class Key, class Number>
std::vector<Number> first(std::vector<std::pair<Key, Number>>& found, std::size_t most) {
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(most, found.size()));
  std::partial_sort(found.begin(), end, found.end());
  std::vector<Number> numbers;
  for (auto one = found.begin(); one != end; ++one) numbers.push_back(one->second);
  return numbers;
}

}  // namespace

Found find(const View& view, std::string_view words, std::size_t most) {
  const std::string text = folded(words);
  const std::vector<std::string> parts = words_of(text);
  if (parts.empty()) return {};
  std::vector<std::pair<std::pair<int, std::int64_t>, recsys::ItemIndex>> items;
  const std::vector<std::size_t> counts = times_taken_in(view);
  for (std::size_t i = 0; i < view.items().size(); ++i) {
    const recsys::Item& item = view.items()[i];
    if (item.hidden) continue;
    const Match how = std::max(match(folded(item.label()), parts), match(folded(item.key), parts));
    if (how == Match::none) continue;
    items.push_back({{how == Match::at_beginnings ? 0 : 1, -static_cast<std::int64_t>(counts[i])},
                     static_cast<recsys::ItemIndex>(i)});
  }
  std::vector<std::pair<std::size_t, std::size_t>> users;
  for (std::size_t u = 0; u < view.users().size(); ++u) {
    const std::string& key = view.users()[u].key;
    if (folded(key).find(text) != std::string::npos) users.emplace_back(key.size(), u);
  }
  return {.items = first(items, most), .users = first(users, most)};
}

}  // namespace infodiet::rl
