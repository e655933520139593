// How one value holds the topics of an item, and splitting it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace infodiet::recsys {

/// JSON and Python lists are always split; other text at `separator`, if there is one.
struct TopicReading {
  std::string separator = {};
};

/// In words: "split at |", "one topic each", ...
std::string describe(const TopicReading& reading);

/// The reading of most of these values.
TopicReading guess_topics(std::span<const std::string_view> values);

/// The topics of one value, without the blanks around them; none for null marks.
std::vector<std::string> split_topics(const TopicReading& reading, std::string_view value);

}  // namespace infodiet::recsys
