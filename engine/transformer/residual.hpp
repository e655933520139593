// How a sublayer of a block, attention or feed-forward, is wired to the residual stream: the position of the norm, and
// whether a gate scales the sublayer's output.
#pragma once

#include <optional>
#include <string>

#include "engine/layers/dropout.hpp"
#include "engine/layers/layer_norm.hpp"
#include "engine/layers/linear.hpp"
#include "engine/pass.hpp"

namespace infodiet::engine {

/// The wirings, with their formulas.
enum class Wiring {
  pre_norm,   ///< y = x + dropout(sublayer(norm(x))) (Xiong et al. 2020)
  post_norm,  ///< y = norm(x + dropout(sublayer(x))) (Vaswani et al. 2017)
  gated,      ///< y = x + sigmoid(x Wg + bg) * dropout(sublayer(norm(x))) (LiGR, Hertel et al. 2025)
};

/// Parameters "<name>_norm.*" and, if gated, "<name>_gate.*".
template <class T>
class Residual {
 public:
  struct Options {
    std::size_t width = 0;
    Wiring wiring = Wiring::pre_norm;
    double dropout = 0;
  };
  struct Cache {
    typename LayerNorm<T>::Cache norm;
    Matrix<T> normed;    ///< (T, D) norm(x), what the sublayer reads; post-norm sublayers read x itself
    Matrix<T> sublayer;  ///< (T, D) the sublayer's output after dropout, if gated
    Matrix<T> sum;       ///< (T, D) x + dropout(sublayer(x)), if post-norm
    Matrix<T> gate;      ///< (T, D) x Wg + bg, if gated
    DropoutBits kept;    ///< of the sublayer's output
  };

  Residual(ParameterLayout& layout, const std::string& name, const Options& options);

  /// y (T, D) from x (T, D), not the same matrix. `sublayer(in, out)` runs the sublayer forward; if it gives only the
  /// last rows, y has only these.
  template <class Sublayer>
  void forward(const Run<T>& run, const Matrix<T>& x, Cache& cache, Matrix<T>& y, Sublayer&& sublayer) const {
    const Matrix<T>& in = before_sublayer(run, x, cache);
    Matrix<T>& out = out_of_sublayer(cache, y);
    sublayer(in, out);
    const std::size_t given = out.shape(0);
    after_sublayer(run, MatrixSpan<const T>(x).rows_from(x.shape(0) - given, given), cache, y);
  }

  /// `gradient` (T, D) is dy on entry and dx on return. `sublayer(in, gradient)` runs the sublayer backward in the same
  /// way.
  template <class Sublayer>
  void backward(const Run<T>& run, const Matrix<T>& x, const Cache& cache, Matrix<T>& gradient,
                Sublayer&& sublayer) const {
    auto inner = run.workspace.take(x.shape(0), x.shape(1));
    before_sublayer_backward(run, x, cache, gradient, *inner);
    sublayer(options_.wiring == Wiring::post_norm ? x : cache.normed, *inner);
    after_sublayer_backward(run, x, cache, gradient, *inner);
  }

 private:
  const Matrix<T>& before_sublayer(const Run<T>& run, const Matrix<T>& x, Cache& cache) const;
  Matrix<T>& out_of_sublayer(Cache& cache, Matrix<T>& y) const;
  void after_sublayer(const Run<T>& run, MatrixSpan<const T> x, Cache& cache, Matrix<T>& y) const;
  // Takes `gradient` past the end of the residual connection and writes that of the sublayer's output.
  void before_sublayer_backward(const Run<T>& run, const Matrix<T>& x, const Cache& cache, Matrix<T>& gradient,
                                Matrix<T>& dout) const;
  // Adds the part of the gradient that comes through the sublayer's input; overwrites `din`.
  void after_sublayer_backward(const Run<T>& run, const Matrix<T>& x, const Cache& cache, Matrix<T>& gradient,
                               Matrix<T>& din) const;

  Options options_;
  LayerNorm<T> norm_;
  std::optional<Linear<T>> gate_;
  Dropout dropout_;
};

}  // namespace infodiet::engine
