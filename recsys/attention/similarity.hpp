// Which items the attention model considers similar.
#pragma once

#include <vector>

#include "recsys/attention/blended_model.hpp"
#include "recsys/ranking/top_k.hpp"

namespace infodiet::recsys {

/// The k other items with the highest cosine between their item vectors and that of `item`, highest first, ties by
/// index, among those that were trained on and that `mask` allows (as in Allowed). Untrained items are left out: they
/// have the mean vector of their topics. Of several members it is the mean cosine. Throws ShapeError if `item` is not
/// in the catalogue.
std::vector<ScoredItem> similar_items(const BlendedModel& model, ItemIndex item, std::size_t k,
                                      std::span<const std::uint8_t> mask = {});

}  // namespace infodiet::recsys
