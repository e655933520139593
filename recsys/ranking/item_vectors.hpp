// Item vectors whose dot products with a query are scores: one table with rows normalised on demand, so that a large
// catalogue is in memory only once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/matrix_span.hpp"
#include "engine/tensor.hpp"
#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// Immutable once made and thread-safe, with a scratch matrix for each thread.
class ItemVectors {
 public:
  /// The rows of `table` (V, D), which must outlive it.
  ItemVectors(engine::MatrixSpan<const float> table) : table_(table) {}  // NOLINT: converts implicitly on purpose
  /// The same scaled to length 1, with the same bits as engine::L2Normalise.
  static ItemVectors of_length_one(engine::MatrixSpan<const float> table);

  /// Replacement vectors: item items[i] (ascending) gets row rows[i] of `vectors`.
  struct Substitutes {
    std::vector<ItemIndex> items{};
    std::vector<std::uint32_t> rows{};
    engine::Matrix<float> vectors{};
  };
  /// Sets the replacements.
  void substitute(Substitutes substitutes) { substitutes_ = std::move(substitutes); }
  const Substitutes& substitutes() const { return substitutes_; }

  /// V and D.
  std::size_t size() const { return table_.rows; }
  std::size_t width() const { return table_.cols; }

  /// The best number of rows to read at a time: all if nothing is copied, else as many as fit in cache.
  std::size_t tile() const;
  /// (count, D) the vectors of items from `begin` on: a part of the table, or of `scratch`.
  engine::MatrixSpan<const float> rows(std::size_t begin, std::size_t count, engine::Matrix<float>& scratch) const;

 private:
  bool unchanged() const { return factors_.empty() && substitutes_.items.empty(); }

  engine::MatrixSpan<const float> table_;
  std::vector<float> factors_;  // (V) factor of each row, or empty
  Substitutes substitutes_;
};

}  // namespace infodiet::recsys
