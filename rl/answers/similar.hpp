// Items that are similar by the published model.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "recsys/ranking/top_k.hpp"
#include "rl/answers/filter.hpp"
#include "rl/answers/view.hpp"

namespace infodiet::rl {

/// Similar items.
struct Similar {
  std::string model;
  std::vector<recsys::ScoredItem> items;  ///< highest cosine first
  bool trained = true;                    ///< whether the item has its own vector, not only the mean of its topics
  std::string nothing{};                  ///< why there are none, or empty
};

/// The k items most similar to `item` that the filter allows and that were trained on. Throws Error if no model is
/// published.
Similar similar(const View& view, recsys::ItemIndex item, std::size_t k, const Filter& filter = {});

}  // namespace infodiet::rl
