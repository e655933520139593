// Scores of a catalogue, or of one process's share of it: products of query vectors and item vectors. Does not rank.
#pragma once

#include "engine/distributed/share.hpp"
#include "recsys/ranking/item_vectors.hpp"

namespace infodiet::recsys {

/// Products are cut at the eighths of the catalogue, whoever has them, so that scores have the same bits for any number
/// of processes. Immutable and thread-safe.
class ItemScores {
 public:
  /// `items`, which must outlive it, are the share's items of a catalogue of so many.
  ItemScores(const ItemVectors& items, std::size_t catalogue, const engine::Share& share = {});

  /// Writes the columns of scores (B, items of the share) that belong to one of the share's eighths, for queries (B,
  /// D). `tile` is scratch memory.
  void score(std::size_t eighth, engine::MatrixSpan<const float> queries, engine::MatrixSpan<float> scores,
             engine::Matrix<float>& tile) const;

 private:
  const ItemVectors& items_;
  std::size_t catalogue_;
  std::size_t first_;              // the share's first item
  engine::Matrix<float> columns_;  // (D, items of the share) their vectors, where the catalogue is small
};

}  // namespace infodiet::recsys
