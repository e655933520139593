// Which items a list may show, whoever it is for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "rl/answers/view.hpp"

namespace infodiet::rl {

/// What is asked for. Items that are hidden, or not available at the time, are never shown, whatever else is.
struct Filter {
  std::vector<recsys::ItemIndex> exclude{};
  std::vector<std::uint32_t>
      topics{};  ///< only items of one of these (View::topic); of any, or none, where it is empty
  std::optional<std::vector<recsys::ItemIndex>> only{};
  std::optional<std::int64_t> at{};  ///< Unix seconds; now where it is not given
};

/// As recsys::Allowed has it: (V), or empty where every item may be shown.
std::vector<std::uint8_t> shown_mask(const View& view, const Filter& filter);

/// Why a list is empty that may hold what the mask allows, but nothing that was consumed before.
std::string why_nothing(const View& view, std::span<const std::uint8_t> mask);

}  // namespace infodiet::rl
