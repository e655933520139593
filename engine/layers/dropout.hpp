// Dropout with draws that are a function of (seed, step, site, token, column), so that the sharding of a batch changes
// nothing.
#pragma once

#include <cstdint>

#include "engine/kernels/kernels.hpp"
#include "engine/parameters.hpp"
#include "engine/pass.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Which elements a forward pass kept, a bit each.
using DropoutBits = Buffer<std::uint8_t>;

/// Sets elements to 0 with probability `rate` (rounded to 1/65536) and scales the rest by 1 / (1 - rate). The identity
/// in evaluation. Linear, so backward is forward applied to the gradient.
class Dropout {
 public:
  /// Takes a site of its own in the layout, so that no two layers share draws. Throws Error unless 0 <= rate < 1.
  Dropout(ParameterLayout& layout, double rate);

  bool active(const Pass& pass) const { return pass.mode == Mode::train && threshold_ > 0; }

  /// y = dropout(x) for contiguous rows that begin at `origin`; y may be x.
  template <class T>
  void apply(const Pass& pass, const kernels::DropoutOrigin& origin, const kernels::Rows<const T>& x, T* y) const;

  /// y = dropout(x) and z = dropout(z) with the same draws, for the same rows and columns.
  template <class T>
  void apply_to_both(const Pass& pass, const kernels::DropoutOrigin& origin, const kernels::Rows<const T>& x, T* y,
                     T* z) const;

  /// y = added + dropout(y) for y (T, D), row r being token pass.first_token + r; `added` is as large, or null. `bits`
  /// are for backward.
  template <class T>
  void forward(const Pass& pass, const T* added, Matrix<T>& y, DropoutBits& bits) const;

  /// dx = dropout(dy) as in forward; dx may be dy, and is resized if it is not.
  template <class T>
  void backward(const Pass& pass, const DropoutBits& bits, const Matrix<T>& dy, Matrix<T>& dx) const;

 private:
  kernels::DropoutDraw draw(const Pass& pass) const;

  std::uint32_t site_;
  std::uint32_t threshold_;
};

}  // namespace infodiet::engine
