// Useful floating-point operations: products of tokens that exist and pairs that the causal mask admits. A
// multiplication and an addition count two, activations and norms nothing.
#pragma once

#include <cstddef>

#include "recsys/attention/config.hpp"
#include "recsys/data/dataset.hpp"

namespace infodiet::bench {

struct Work {
  double tokens = 0;
  double pairs = 0;  ///< of a token and one that it may attend to
};

/// The work of reading every history except its last item, at most the last `length` of it.
Work work_of(const recsys::Dataset& data, std::size_t length);

/// Of the network's forward pass.
double network_flops(const recsys::AttentionConfig& config, const Work& work);

/// Of scoring `items` for each token.
double scoring_flops(const recsys::AttentionConfig& config, double tokens, std::size_t items);

}  // namespace infodiet::bench
