// The gated recurrent unit: a vector for each sequence that every token updates. Unlike attention, a further token
// costs the same however long the sequence is, and what order does is learned.
#pragma once

#include <string>

#include "engine/layers/linear.hpp"
#include "engine/pass.hpp"

namespace infodiet::engine {

/// From h = 0 before the first token x, with (az, ar, ac) = x W + b and (uz, ur, uc) = h U:
///   z = sigmoid(az + uz),  r = sigmoid(ar + ur),  c = tanh(ac + r uc),  h becomes z h + (1 - z) c
/// (Cho et al., EMNLP 2014; the reset gate r after the product with U, as in cuDNN, which makes it one product per
/// token). Parameters "<name>.input.weight" (in, 3 D), "<name>.input.bias" (3 D) and "<name>.recurrent" (D, 3 D).
template <class T>
class Gru {
 public:
  struct Options {
    std::size_t in = 0;
    std::size_t width = 0;  ///< D
  };
  struct Cache {
    Matrix<T> gates;     ///< (T, 3 D) z, r and c
    Matrix<T> recalled;  ///< (T, D) uc
  };

  Gru(ParameterLayout& layout, const std::string& name, const Options& options);

  /// h (T, D) after each token of x (T, in): sequences of `length` tokens each, end to end. Throws ShapeError if
  /// `length` does not divide T.
  void forward(const Run<T>& run, MatrixSpan<const T> x, std::size_t length, Cache& cache, Matrix<T>& h) const;
  /// From dh (T, D), which is overwritten: writes dx (T, in), unless that is null because x was not computed, and adds
  /// to the parameters' gradients.
  void backward(const Run<T>& run, MatrixSpan<const T> x, std::size_t length, const Cache& cache, const Matrix<T>& h,
                Matrix<T>& dh, Matrix<T>* dx = nullptr) const;
  /// Continues sequences by one token each, x (B, in): h (B, D) becomes the vector after it. The same numbers as
  /// `forward`, but for rounding.
  void step(const Run<T>& run, MatrixSpan<const T> x, MatrixSpan<T> h) const;

 private:
  std::string name_;
  std::size_t width_;
  Linear<T> input_;
  ParameterHandle recurrent_;
};

}  // namespace infodiet::engine
