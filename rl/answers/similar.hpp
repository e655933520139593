// Which items the published model takes to be wanted on the same occasions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "recsys/ranking/top_k.hpp"
#include "rl/answers/view.hpp"

namespace infodiet::rl {

struct Similar {
  std::string model;
  std::vector<recsys::ScoredItem> items;  ///< highest cosine first
};

/// The k items most like `item`. Throws Error where no model is published.
Similar similar(const View& view, recsys::ItemIndex item, std::size_t k);

}  // namespace infodiet::rl
