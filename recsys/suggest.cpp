#include "recsys/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace infodiet::recsys {

std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t substitution = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row.back();
}

std::string closest_name(std::string_view typed, std::span<const std::string> known) {
  if (typed.empty()) return {};
  const std::size_t allowed = std::max<std::size_t>(1, typed.size() / 3);
  const std::string* best = nullptr;
  std::size_t best_distance = allowed + 1;
  for (const std::string& name : known) {
    if (std::max(typed.size(), name.size()) - std::min(typed.size(), name.size()) > allowed) continue;
    const std::size_t distance = edit_distance(typed, name);
    if (distance < best_distance) {
      best_distance = distance;
      best = &name;
    }
  }
  if (best == nullptr) {
    const auto starts = [&](const std::string& name) { return name.starts_with(typed); };
    const auto only = std::find_if(known.begin(), known.end(), starts);
    if (std::count_if(known.begin(), known.end(), starts) == 1) best = &*only;
  }
  return best == nullptr ? std::string() : *best;
}

std::string suggestion(std::string_view typed, std::span<const std::string> known) {
  const std::string name = closest_name(typed, known);
  return name.empty() ? std::string() : fmt::format("; did you mean '{}'?", name);
}

}  // namespace infodiet::recsys
