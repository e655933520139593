#include "recsys/import/topics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "engine/io/json_text.hpp"
#include "recsys/import/python_literal.hpp"
#include "recsys/import/values.hpp"

namespace infodiet::recsys {
namespace {

// MovieLens writes this if there are none.
constexpr std::string_view no_topics = "(no genres listed)";

nlohmann::json list_in(std::string_view value) {
  if (value.empty() || (value.front() != '[' && value.front() != '{')) return nullptr;
  nlohmann::json list = engine::parse_json<nlohmann::json>(value);
  if (!list.is_discarded()) return list;
  const auto converted = json_from_python(value);
  return converted ? engine::parse_json<nlohmann::json>(*converted) : nlohmann::json(nullptr);
}

// Collects all elements of nested lists; of objects, the names, or else the keys.
void gather(const nlohmann::json& value, std::vector<std::string>& topics, int depth = 0) {
  constexpr int deepest = 8;
  if (depth > deepest) return;
  if (value.is_string()) {
    const std::string_view text = trimmed(value.get_ref<const std::string&>());
    if (!is_null_mark(text)) topics.emplace_back(text);
  } else if (value.is_array()) {
    for (const nlohmann::json& element : value) gather(element, topics, depth + 1);
  } else if (value.is_object()) {
    if (const auto name = value.find("name"); name != value.end()) return gather(*name, topics, depth + 1);
    for (const auto& entry : value.items()) topics.push_back(entry.key());
  }
}

}  // namespace

std::string describe(const TopicReading& reading) {
  if (reading.separator.empty()) return "one topic a row, or a list";
  return fmt::format("split at {}", reading.separator == " " ? "blanks" : reading.separator);
}

TopicReading guess_topics(std::span<const std::string_view> values) {
  // The last two are those of paths: "Home > Light > Lamps". Each step of one is a topic.
  constexpr std::array<std::string_view, 5> separators{"|", ">", ",", ";", "/"};
  std::array<std::size_t, separators.size()> with{};
  std::size_t texts = 0;
  std::size_t with_any = 0;
  for (const std::string_view value : values) {
    if (is_null_mark(value) || list_in(trimmed(value)).is_structured()) continue;
    ++texts;
    with_any += value.find_first_of("|,;") != std::string_view::npos;
    for (std::size_t i = 0; i < separators.size(); ++i) with[i] += value.find(separators[i]) != std::string_view::npos;
  }
  for (std::size_t i = 0; i < separators.size(); ++i) {
    // A comma may be part of a name; a | hardly ever is.
    const bool is_clear = separators[i] == "|" ? with[i] * 2 > with_any : with[i] * 2 > texts;
    if (with[i] > 0 && is_clear) return {.separator = std::string(separators[i])};
  }
  return {};
}

std::vector<std::string> split_topics(const TopicReading& reading, std::string_view value) {
  std::vector<std::string> topics;
  value = trimmed(value);
  if (is_null_mark(value) || value == no_topics) return topics;
  if (const nlohmann::json list = list_in(value); list.is_structured()) {
    gather(list, topics);
    return topics;
  }
  while (true) {
    const std::size_t end = reading.separator.empty() ? std::string_view::npos : value.find(reading.separator);
    const std::string_view topic = trimmed(value.substr(0, end));
    if (!is_null_mark(topic)) topics.emplace_back(topic);
    if (end == std::string_view::npos) return topics;
    value.remove_prefix(end + reading.separator.size());
  }
}

}  // namespace infodiet::recsys
