// How the topics of an item are written into one value, and the value split into them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace infodiet::recsys {

/// Lists in JSON's or Python's way are always split; other text between `separator`, if there is one.
struct TopicReading {
  std::string separator = {};
};

/// In words: "split at |", "one topic each", ...
std::string describe(const TopicReading& reading);

/// How most of these values are written.
TopicReading guess_topics(std::span<const std::string_view> values);

/// The topics of one value, without the blanks around them; none for null marks.
std::vector<std::string> split_topics(const TopicReading& reading, std::string_view value);

}  // namespace infodiet::recsys
