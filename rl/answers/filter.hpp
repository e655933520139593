// Which items a list may show, for any person.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "rl/answers/view.hpp"

namespace infodiet::rl {

/// The requested filter. Hidden or unavailable items are never shown in any case.
struct Filter {
  std::vector<recsys::ItemIndex> exclude{};
  std::vector<std::uint32_t> topics{};  ///< only items of one of these (View::topic); empty: all items
  std::optional<std::vector<recsys::ItemIndex>> only{};
  std::optional<std::int64_t> at{};  ///< Unix seconds; now if not given
};

/// The mask of recsys::Allowed: (V), or empty if every item may be shown.
std::vector<std::uint8_t> shown_mask(const View& view, const Filter& filter);

/// Why a list of what the mask allows, without consumed items, is empty.
std::string why_nothing(const View& view, std::span<const std::uint8_t> mask);

}  // namespace infodiet::rl
