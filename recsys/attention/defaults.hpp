// The model and training that fit a data set, so that a user needs no option. Decided from sizes, lengths and whether
// times are real.
#pragma once

#include "recsys/attention/config.hpp"
#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// A model and its training, as a whole.
struct AttentionDefaults {
  AttentionConfig config;
  TrainingConfig training;
};

/// The defaults for `data`; the same data gives the same.
AttentionDefaults attention_defaults(const Dataset& data);

}  // namespace infodiet::recsys
