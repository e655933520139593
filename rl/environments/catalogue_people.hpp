// Interest and attention of simulated people, for code that makes people itself.
#pragma once

#include <span>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "rl/catalogue.hpp"
#include "rl/environments/catalogue.hpp"

namespace infodiet::rl {

/// (topics) shares of the topics of what somebody consumed, summing to 1; an item with m topics counts 1 / m for each.
/// Uniform if no topics are known.
std::vector<double> interest_of(std::span<const recsys::ItemIndex> items, const Catalogue& catalogue);

/// The mean attention budget of a session, as engagement.
double usual_attention(const Catalogue& catalogue, const CatalogueOptions& options);

}  // namespace infodiet::rl
