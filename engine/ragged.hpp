// Ragged batches: the tokens of all sequences end to end, never padded.
#pragma once

#include <cstddef>
#include <span>

namespace infodiet::engine {

/// Where each sequence lies among the T tokens of a batch: sequence b holds tokens [offsets[b], offsets[b + 1]), with
/// offsets[0] = 0 and offsets[B] = T. Sequences may be empty.
class Ragged {
 public:
  explicit Ragged(std::span<const std::size_t> offsets) : offsets_(offsets) {}

  std::size_t sequences() const { return offsets_.size() - 1; }
  std::size_t tokens() const { return offsets_.back(); }
  std::size_t begin(std::size_t sequence) const { return offsets_[sequence]; }
  std::size_t length(std::size_t sequence) const { return offsets_[sequence + 1] - offsets_[sequence]; }

 private:
  std::span<const std::size_t> offsets_;
};

}  // namespace infodiet::engine
