// Ragged batches: the tokens of all sequences end to end, never padded.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace infodiet::engine {

/// Boundaries of the sequences among the T tokens of a batch: sequence b holds tokens [offsets[b], offsets[b + 1]),
/// with offsets[0] = 0 and offsets[B] = T. Sequences may be empty. Refers to the caller's memory.
class Ragged {
 public:
  /// @param times (T) when each token happened, in seconds from any origin; empty if unknown
  explicit Ragged(std::span<const std::size_t> offsets, std::span<const std::int64_t> times = {})
      : offsets_(offsets), times_(times) {}

  /// B, T, and where sequence b begins and how long it is, in tokens.
  std::size_t sequences() const { return offsets_.size() - 1; }
  std::size_t tokens() const { return offsets_.back(); }
  std::size_t begin(std::size_t sequence) const { return offsets_[sequence]; }
  std::size_t length(std::size_t sequence) const { return offsets_[sequence + 1] - offsets_[sequence]; }
  /// The length of the longest sequence; 0 for an empty batch.
  std::size_t longest() const {
    std::size_t most = 0;
    for (std::size_t b = 0; b < sequences(); ++b) most = std::max(most, length(b));
    return most;
  }
  /// (T), or empty if unknown.
  std::span<const std::int64_t> times() const { return times_; }

 private:
  std::span<const std::size_t> offsets_;
  std::span<const std::int64_t> times_;
};

}  // namespace infodiet::engine
