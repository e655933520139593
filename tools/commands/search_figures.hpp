// What is shown of a search for settings: every trial, and their spread.
#pragma once

#include "recsys/store/searches.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// Every trial, and the spread of their validation NDCG@10 after the same number of epochs.
Json search_json(const recsys::Search& search);

/// The spread, the best, and the best few trials.
void print_search(const recsys::Search& search, const Console& console);

}  // namespace infodiet::tools
