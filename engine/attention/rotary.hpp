// Rotary positions (Su et al. 2021): queries and keys are rotated by angles that grow with their position, so that
// their dot products depend on the distance between them.
#pragma once

#include <string>

#include "engine/matrix_span.hpp"
#include "engine/ragged.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Rotates the pairs (x[2 i], x[2 i + 1]) of every head by position / 10000^(2 i / Dh). No parameters; stores the
/// angles of `longest` positions.
template <class T>
class Rotary {
 public:
  /// Throws ShapeError unless the width of a head, Dh, is even.
  Rotary(const std::string& name, std::size_t longest, std::size_t head_width);

  /// x (T, H Dh) in place. Throws ShapeError if a sequence is longer than `longest`.
  void forward(const Ragged& batch, MatrixSpan<T> x) const;
  /// dx (T, H Dh) in place: from the gradient after the rotation to that before it.
  void backward(const Ragged& batch, MatrixSpan<T> dx) const;

 private:
  void rotate(const Ragged& batch, MatrixSpan<T> x, const Matrix<T>& sines) const;

  std::string name_;
  std::size_t head_width_;
  Matrix<T> cosines_;         // (longest, Dh / 2)
  Matrix<T> sines_;           // (longest, Dh / 2)
  Matrix<T> negative_sines_;  // those of the opposite rotation
};

}  // namespace infodiet::engine
