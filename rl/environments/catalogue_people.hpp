// What the people of catalogue are made of, for whoever makes some elsewhere.
#pragma once

#include <span>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "rl/catalogue.hpp"
#include "rl/environments/catalogue.hpp"

namespace infodiet::rl {

/// (topics) shares of the topics of what somebody consumed, adding to 1; an item with m topics counts 1 / m for each.
/// Even where nothing is known of the topics.
std::vector<double> interest_of(std::span<const recsys::ItemIndex> items, const Catalogue& catalogue);

/// Engagement that people mean to spend in a session, on average.
double usual_attention(const Catalogue& catalogue, const CatalogueOptions& options);

}  // namespace infodiet::rl
