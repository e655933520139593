// Batches as padded peers take them.
#pragma once

#include <cstdint>
#include <vector>

#include "recsys/data/dataset.hpp"
#include "tests/bench/histories.hpp"

namespace infodiet::bench {

constexpr std::size_t peer_batch = 128;

struct PeerShape {
  HistoryShape data;
  std::size_t length;  ///< that sequences are padded to
};
constexpr PeerShape peer_ml_1m{ml_1m, 200};
constexpr PeerShape peer_beauty{beauty, 50};

/// Three (peer_batch, length) matrices, right-aligned and padded with item 0; items count from 1.
struct PaddedBatch {
  std::vector<std::int64_t> inputs;
  std::vector<std::int64_t> positives;
  std::vector<std::int64_t> negatives;
  std::vector<std::int64_t> lengths;  ///< (peer_batch)
};

/// The first `count` batches of an epoch.
std::vector<PaddedBatch> padded_batches(const PeerShape& shape, std::size_t count);

}  // namespace infodiet::bench
