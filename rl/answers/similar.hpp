// Which items the published model takes to be wanted on the same occasions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "recsys/ranking/top_k.hpp"
#include "rl/answers/filter.hpp"
#include "rl/answers/view.hpp"

namespace infodiet::rl {

struct Similar {
  std::string model;
  std::vector<recsys::ScoredItem> items;  ///< highest cosine first
  bool trained = true;                    ///< whether the item has a place of its own, not only that of its topics
  std::string nothing{};                  ///< why there is none, or empty
};

/// The k items most like `item` that the filter allows and that were trained on. Throws Error where no model is
/// published.
Similar similar(const View& view, recsys::ItemIndex item, std::size_t k, const Filter& filter = {});

}  // namespace infodiet::rl
