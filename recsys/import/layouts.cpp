#include "recsys/import/layouts.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <regex>

#include "recsys/import/published_layouts.hpp"
#include "recsys/import/values.hpp"

namespace infodiet::recsys {
namespace {

bool is_of_kind(std::string_view test, const ColumnFacts& facts) {
  using enum ColumnKind;
  const auto is_one_of = [&](std::initializer_list<ColumnKind> kinds) {
    return std::find(kinds.begin(), kinds.end(), facts.kind) != kinds.end();
  };
  if (test == "any") return true;
  if (test == "id" || test == "item") {
    return is_one_of({integer, token}) || (test == "id" && facts.kind == small);
  }
  if (test == "time") return facts.kind == ColumnKind::time || !facts.time.doubt.empty();
  if (test == "score") return is_one_of({small, score});
  if (test == "place") return is_one_of({coordinate, small, score, number});
  if (test == "number") return is_one_of({small, score, integer, number});
  return is_one_of({word, text});  // "words"
}

bool matches(std::string_view pattern, std::span<const SampleRow> rows, std::size_t column) {
  constexpr std::size_t longest = 2000;  // longest value matched by std::regex, which recurses for every character
  const std::regex expression(pattern.begin(), pattern.end(), std::regex::ECMAScript | std::regex::optimize);
  std::size_t values = 0;
  std::size_t matching = 0;
  for (const std::string_view value : values_of(rows, column)) {
    if (is_null_mark(value)) continue;
    ++values;
    matching += value.size() <= longest && std::regex_match(value.begin(), value.end(), expression);
  }
  return values > 0 && matching * 10 >= values * 9;
}

bool has_shape(const Layout& layout, std::span<const SampleRow> rows, std::span<const ColumnFacts> facts) {
  if (layout.shape.size() != facts.size()) return false;
  for (std::size_t column = 0; column < facts.size(); ++column) {
    const std::string_view test = layout.shape[column];
    if (!(test.starts_with('^') ? matches(test, rows, column) : is_of_kind(test, facts[column]))) return false;
  }
  return true;
}

bool is_called_so(const Layout& layout, const std::string& file_name) {
  return std::any_of(layout.files.begin(), layout.files.end(), [&](std::string_view pattern) {
    return fnmatch(std::string(pattern).c_str(), file_name.c_str(), 0) == 0;
  });
}

}  // namespace

std::span<const Layout> layouts() {
  static const std::vector<Layout> all = [] {
    std::vector<Layout> both = headed_layouts();
    both.insert(both.end(), headless_layouts().begin(), headless_layouts().end());
    return both;
  }();
  return all;
}

bool is_published_name(const std::string& file_name) {
  const std::span<const Layout> all = layouts();
  return std::any_of(all.begin(), all.end(), [&](const Layout& layout) { return is_called_so(layout, file_name); });
}

const Layout* layout_with_header(std::span<const std::string> names) {
  const Layout* best = nullptr;
  for (const Layout& layout : headed_layouts()) {
    const bool has_all = std::all_of(layout.header.begin(), layout.header.end(),
                                     [&](std::string_view name) { return find_column(names, name).has_value(); });
    if (!has_all || (layout.only_header && names.size() != layout.header.size())) continue;
    if (best == nullptr || layout.header.size() > best->header.size()) best = &layout;
  }
  return best;
}

const Layout* layout_with_shape(const std::string& file, std::string_view separator, std::span<const SampleRow> rows,
                                std::span<const ColumnFacts> facts) {
  for (const Layout& layout : headless_layouts()) {
    if (layout.separator != separator || !has_shape(layout, rows, facts)) continue;
    if (!layout.only_files || is_called_so(layout, file.substr(file.rfind('/') + 1))) return &layout;
  }
  return nullptr;
}

}  // namespace infodiet::recsys
