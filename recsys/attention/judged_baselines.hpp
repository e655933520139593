// The baselines beside a model in tables of figures.
#pragma once

#include <memory>
#include <vector>

#include "recsys/attention/blended_model.hpp"
#include "recsys/evaluation/examination.hpp"

namespace infodiet::recsys {

/// Those that apply, counted from the examination's training data. One that is a part of `model`, which may be null, is
/// taken from there if it was made from the same data: with item attributes if they helped, and without solving again,
/// which takes long for a large catalogue.

std::vector<std::shared_ptr<const Recommender>> judged_baselines(const Examination& examination,
                                                                 const BlendedModel* model);

}  // namespace infodiet::recsys
