#include "rl/answers/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace infodiet::rl {

namespace {

std::int64_t now() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::seconds>(system_clock::now().time_since_epoch()).count();
}

bool has_one_of(std::span<const std::uint32_t> topics, std::span<const std::uint32_t> asked) {
  return std::find_first_of(topics.begin(), topics.end(), asked.begin(), asked.end()) != topics.end();
}

}  // namespace

std::vector<std::uint8_t> shown_mask(const View& view, const Filter& filter) {
  const std::vector<recsys::ItemTable::Restriction>& restricted = view.items().restrictions();
  if (restricted.empty() && filter.exclude.empty() && filter.topics.empty() && !filter.only) return {};
  std::vector<std::uint8_t> mask(view.items().size(), filter.only ? 0 : 1);
  if (filter.only) {
    for (const recsys::ItemIndex item : *filter.only) mask[item] = 1;
  }
  if (!filter.topics.empty()) {
    for (std::size_t item = 0; item < mask.size(); ++item) {
      if (mask[item] != 0 && !has_one_of(view.topics().of(item), filter.topics)) mask[item] = 0;
    }
  }
  for (const recsys::ItemIndex item : filter.exclude) mask[item] = 0;
  const std::int64_t at = filter.at ? *filter.at : now();
  for (const recsys::ItemTable::Restriction& one : restricted) {
    if (!one.shown_at(at)) mask[one.item] = 0;
  }
  return mask;
}

std::string why_nothing(const View& view, std::span<const std::uint8_t> mask) {
  if (view.items().empty()) return "there are no items yet: import some with 'infodiet import'";
  const std::size_t allowed = mask.empty()
                                  ? view.items().size()
                                  : mask.size() - static_cast<std::size_t>(std::count(mask.begin(), mask.end(), 0));
  if (allowed == 0) return "no item is left: all are hidden, unavailable or filtered out";
  return fmt::format("all {} items that may be shown were consumed before, and repeats are forbidden", allowed);
}

}  // namespace infodiet::rl
