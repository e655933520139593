#include "tools/cli/filter_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "recsys/errors.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  for_each_line(path, [&](const std::string& line) { lines.push_back(line); });
  return lines;
}

/// The items with these ids; a text that is not an id names a file of ids.
std::vector<recsys::ItemIndex> items_of(const rl::View& view, const std::vector<std::string>& texts,
                                        std::vector<std::string>& unknown) {
  std::vector<recsys::ItemIndex> items;
  for (const std::string& text : texts) {
    std::vector<std::string> strangers;
    std::vector<recsys::ItemIndex> some = view.items_of({&text, 1}, strangers);
    if (some.empty() && std::filesystem::exists(text)) {
      strangers.clear();
      some = view.items_of(lines_of(text), strangers);
    }
    items.insert(items.end(), some.begin(), some.end());
    unknown.insert(unknown.end(), strangers.begin(), strangers.end());
  }
  return items;
}

}  // namespace

void FilterOptions::add_to(OptionSet& options) {
  options.texts(
      {.name = "exclude", .value = "ID,...|FILE", .help = "leave these items out (a FILE has one id per line)"},
      exclude_);
  options.texts({.name = "only", .value = "ID,...|FILE", .help = "list only these items"}, only_);
  options.texts({.name = "only-topics", .value = "TOPIC,...", .help = "list only items of one of these topics"},
                only_topics_);
}

rl::Filter FilterOptions::filter(const rl::View& view, const Console& console) const {
  rl::Filter filter;
  std::vector<std::string> unknown;
  filter.exclude = items_of(view, exclude_, unknown);
  note_unknown(console, "--exclude", unknown);
  unknown.clear();
  if (!only_.empty()) filter.only = items_of(view, only_, unknown);
  note_unknown(console, "--only", unknown);
  const std::vector<std::string>& names = view.topics().names;
  for (const std::string& text : only_topics_) {
    const bool whole = std::binary_search(names.begin(), names.end(), text);
    for (const std::string& name : whole ? std::vector<std::string>{text} : split_list(text)) {
      filter.topics.push_back(view.topic(name, "--only-topics"));
    }
  }
  return filter;
}

void for_each_line(const std::string& path, const std::function<void(const std::string& line)>& visit) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) {
      throw recsys::DataError(fmt::format("{}: cannot be read; expected a file with one id per line", path));
    }
  }
  std::istream& input = path == "-" ? std::cin : file;
  for (std::string line; std::getline(input, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) visit(line);
  }
}

void note_unknown(const Console& console, const std::string& option, const std::vector<std::string>& unknown) {
  if (unknown.empty()) return;
  console.note(fmt::format("{}: {} {} not stored and {} skipped, such as '{}'", option, unknown.size(),
                           unknown.size() == 1 ? "id is" : "ids are", unknown.size() == 1 ? "was" : "were",
                           printable(unknown.front())));
}

}  // namespace infodiet::tools
