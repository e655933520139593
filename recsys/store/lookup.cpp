#include "recsys/store/lookup.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "recsys/store/catalogue.hpp"
#include "recsys/suggest.hpp"

namespace infodiet::recsys {

namespace {

std::string folded(std::string_view text) {
  std::string folded(text);
  for (char& letter : folded) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return folded;
}

/// The steps of a path ("Home > Light > Lamps", "home.light.lamps"), without blanks around them, in small letters.
std::vector<std::string> steps_of(std::string_view path) {
  std::vector<std::string> steps;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find_first_of(">/|."), path.size());
    std::string_view step = path.substr(0, end);
    while (step.starts_with(' ')) step.remove_prefix(1);
    while (step.ends_with(' ')) step.remove_suffix(1);
    if (!step.empty()) steps.push_back(folded(step));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return steps;
}

bool has_step(const std::vector<std::string>& steps, const std::string& step) {
  return std::find(steps.begin(), steps.end(), step) != steps.end();
}

}  // namespace

DataError unknown_id(const std::string& where, const std::string& kind, const std::string& key, const std::string& path,
                     std::span<const std::string> keys) {
  std::string hint = suggestion(key, keys);
  if (hint.empty() && !keys.empty()) {
    hint = fmt::format("; ids are those they were imported with, such as '{}'", keys.front());
  }
  return DataError(fmt::format("{}: there is no {} '{}' in {}{}", where, kind, key, path, hint));
}

DataError unknown_topic(const std::string& where, const std::string& name, const std::string& path,
                        std::span<const std::string> names) {
  constexpr std::size_t most_shown = 3;
  const std::vector<std::string> typed = steps_of(name);
  if (typed.empty() || !suggestion(name, names).empty()) return unknown_id(where, "topic", name, path, names);
  std::vector<std::string> holding;
  for (const std::string& topic : names) {
    if (folded(topic) == typed.back() || has_step(steps_of(topic), typed.back())) holding.push_back(topic);
  }
  if (holding.empty()) return unknown_id(where, "topic", name, path, names);
  const bool more = holding.size() > most_shown;
  if (more) holding.resize(most_shown);
  return DataError(fmt::format("{}: there is no topic '{}' in {}; did you mean '{}'{}?", where, name, path,
                               fmt::join(holding, "' or '"), more ? " or another one of that kind" : ""));
}

DataError unknown_user(const Database& db, const std::string& key, const std::string& where) {
  std::vector<std::string> keys;
  for (User& user : list_users(db)) keys.push_back(std::move(user.key));
  return unknown_id(where, "user", key, db.path(), keys);
}

std::int64_t require_user(const Database& db, const std::string& key, const std::string& where) {
  const std::optional<std::int64_t> id = find_user(db, key);
  if (!id) throw unknown_user(db, key, where);
  return *id;
}

}  // namespace infodiet::recsys
