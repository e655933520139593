// Reading histories with the attention network: one vector each, from which items are scored. Knows no scores.
#pragma once

#include <cstdint>
#include <vector>

#include "recsys/attention/network.hpp"
#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// Histories as a ragged batch of tokens: only the last `max_length` interactions of each. A history without times
/// counts as consumed all at once.
struct TokenBatch {
  std::vector<std::uint32_t> tokens;
  std::vector<std::int64_t> times;  ///< (T)
  std::vector<std::size_t> offsets{0};

  /// Removes all histories, keeping memory.
  void clear();
  /// Appends the last `max_length` interactions of a history.
  void add(const History& history, std::size_t max_length);
  engine::Ragged ragged() const { return engine::Ragged(offsets, times); }
};

/// Buffers of one reading; kept between calls, because fresh ones cost more than the reading itself.
struct Reading {
  TokenBatch batch;
  AttentionNetwork<float>::Cache cache;
  engine::Workspace<float> workspace;
  engine::Matrix<float> hidden;
  engine::Matrix<float> last;  ///< (B, D) the hidden vector of each history's end; 0 for an empty one
};

/// The network and its weights; refers to both.
struct Reader {
  const AttentionNetwork<float>& network;
  const engine::Parameters<float>& weights;
};

/// Writes reading.last for reading.batch, whose tokens are rows of `items`. What all histories begin with alike is
/// computed only once.
void read_batch(const Reader& reader, engine::MatrixSpan<const float> items, Reading& reading);

}  // namespace infodiet::recsys
