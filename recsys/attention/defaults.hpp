// Settings that fit a data set, so that a user needs no options. They depend on sizes, lengths and whether times are
// real.
#pragma once

#include "recsys/attention/config.hpp"
#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// Model and training settings.
struct AttentionDefaults {
  AttentionConfig config;
  TrainingConfig training;
};

/// The defaults for `data`, a function of the data alone.
AttentionDefaults attention_defaults(const Dataset& data);

}  // namespace infodiet::recsys
