// Vectors that items share by what is known of them: beside its own vector an item has the mean of its attributes'
// vectors, and a learned projection of the vector that was imported for it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/distributed/communicator.hpp"
#include "engine/matrix_span.hpp"
#include "engine/parallel.hpp"
#include "engine/tensor.hpp"
#include "recsys/data/sparse_rows.hpp"

namespace infodiet::recsys {

/// table[v] = own[v] + sum over v's attributes a of weight(v, a) vectors[a] / sum of weight(v, a)
///                   + sum over dimensions d of imported[v][d] vectors[A + d],
/// so that the last D vectors are a projection (D, width) of imported vectors. While training, a share of the own
/// vectors, drawn anew every step, is taken as 0, so that the others alone learn to say what an item is. A below is the
/// number of all these vectors, those of attributes first.
class AttributeVectors {
 public:
  struct Options {
    double dropout = 0;  ///< the share of own vectors taken as 0, of items of which something is known
    std::uint64_t seed = 0;
  };

  /// `attributes` (V, attributes), weights above 0; `imported` (V, dimensions), rows of length 1 or 0, or empty.
  /// Vectors start at random. Throws Error unless 0 <= dropout < 1.
  AttributeVectors(const SparseRows& attributes, std::size_t width, const Options& options,
                   engine::Matrix<float> imported = {});

  /// Whether the item has attributes, or an imported vector that is not 0.
  bool knows(std::size_t item) const { return known_[item] != 0; }
  /// A digest of the attributes and imported vectors.
  std::string digest() const;

  /// The rows of the table from item `first` on, from as many rows of own vectors and from vectors (A, D), which need
  /// not be those of this object.
  void apply(engine::ThreadPool& pool, engine::MatrixSpan<const float> own, const engine::Matrix<float>& vectors,
             engine::Matrix<float>& table, std::size_t first = 0) const;
  /// One row (D) of the table: adds what vectors (A, D) say of the item to its own vector.
  void add_shared(const engine::Matrix<float>& vectors, std::size_t item, float* row) const;
  /// The item's row (D) at a training step, from its own vector (D) and vectors().
  void write_row(std::size_t item, std::uint32_t step, const float* own, float* row) const;
  /// `dtable` (V, D), the table's gradient, is replaced by that of the own vectors; computes gradient(). Of several
  /// processes each gives its share of the rows; all get the whole gradient: the sum of those of the catalogue's
  /// eighths.
  void backward(engine::ThreadPool& pool, std::uint32_t step, engine::MatrixSpan<float> dtable,
                engine::Communicator& processes = engine::alone());

  engine::Matrix<float>& vectors() { return vectors_; }              ///< (A, D)
  const engine::Matrix<float>& vectors() const { return vectors_; }  ///< (A, D)
  const engine::Matrix<float>& gradient() const { return gradient_; }

 private:
  bool dropped(std::size_t item, std::uint32_t step) const;
  std::span<const float> imported_row(std::size_t item) const;
  void add_projected(std::size_t item, engine::Range range, const float* drow, float* sums) const;
  void add_gradient(engine::ThreadPool& pool, engine::MatrixSpan<const float> dtable, std::size_t first,
                    float* sums) const;

  Options options_;
  SparseRows of_item_;              // (V, attributes) weights of a row add up to 1
  SparseRows of_attribute_;         // (attributes, V) the same
  engine::Matrix<float> imported_;  // (V, dimensions), or empty
  std::vector<std::uint8_t> known_;
  engine::Matrix<float> vectors_;
  engine::Matrix<float> gradient_;
  engine::Buffer<float> partial_;  // (own eighths, A, D) parts of the gradient
};

}  // namespace infodiet::recsys
