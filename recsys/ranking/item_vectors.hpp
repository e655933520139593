// The vectors whose dot products with a query are items' scores: one table, whose rows come as they are or brought to
// length 1 where they are wanted, so that a large catalogue never stands in memory twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/matrix_span.hpp"
#include "engine/tensor.hpp"
#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// Immutable once it is made, so that several threads may read it, each with a scratch of its own.
class ItemVectors {
 public:
  /// The rows of `table` (V, D) as they are; the table must outlive it.
  ItemVectors(engine::MatrixSpan<const float> table) : table_(table) {}  // NOLINT: converts implicitly on purpose
  /// The same brought to length 1, to the bit as engine::L2Normalise does.
  static ItemVectors of_length_one(engine::MatrixSpan<const float> table);

  /// From now on item items[i] (ascending) has row rows[i] of `vectors`.
  struct Substitutes {
    std::vector<ItemIndex> items{};
    std::vector<std::uint32_t> rows{};
    engine::Matrix<float> vectors{};
  };
  void substitute(Substitutes substitutes) { substitutes_ = std::move(substitutes); }

  std::size_t size() const { return table_.rows; }
  std::size_t width() const { return table_.cols; }

  /// So many rows are best read at a time: all where nothing is copied, else what stays in a cache near the processor.
  std::size_t tile() const;
  /// (count, D) the vectors of items from `begin` on: a part of the table, or of `scratch`.
  engine::MatrixSpan<const float> rows(std::size_t begin, std::size_t count, engine::Matrix<float>& scratch) const;

 private:
  bool as_they_are() const { return factors_.empty() && substitutes_.items.empty(); }

  engine::MatrixSpan<const float> table_;
  std::vector<float> factors_;  // (V) what brings each row to its length, or empty
  Substitutes substitutes_;
};

}  // namespace infodiet::recsys
