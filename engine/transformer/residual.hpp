// How a part of a block, attention or feed-forward, is wired to the stream of tokens that passes it by: where the norm
// stands, and whether a gate decides how much of the part is let in.
#pragma once

#include <optional>
#include <string>

#include "engine/layers/dropout.hpp"
#include "engine/layers/layer_norm.hpp"
#include "engine/layers/linear.hpp"
#include "engine/pass.hpp"

namespace infodiet::engine {

enum class Wiring {
  pre_norm,   ///< y = x + dropout(part(norm(x))) (Xiong et al. 2020)
  post_norm,  ///< y = norm(x + dropout(part(x))) (Vaswani et al. 2017)
  gated,      ///< y = x + sigmoid(x Wg + bg) * dropout(part(norm(x))) (LiGR, Hertel et al. 2025)
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
    Matrix<T> normed;  ///< (T, D) norm(x), what the part reads; post-norm parts read x itself
    Matrix<T> part;    ///< (T, D) what the part gave after dropout, if gated
    Matrix<T> sum;     ///< (T, D) x + dropout(part(x)), if post-norm
    Matrix<T> gate;    ///< (T, D) x Wg + bg, if gated
  };

  Residual(ParameterLayout& layout, const std::string& name, const Options& options);

  /// y (T, D) from x (T, D), not the same matrix. `part(in, out)` runs the part forward.
  template <class Part>
  void forward(const Run<T>& run, const Matrix<T>& x, Cache& cache, Matrix<T>& y, Part&& part) const {
    const Matrix<T>& in = before_part(run, x, cache);
    part(in, out_of_part(cache, y));
    after_part(run, x, cache, y);
  }

  /// `gradient` (T, D) comes in as dy and leaves as dx. `part(in, gradient)` runs the part backward, likewise.
  template <class Part>
  void backward(const Run<T>& run, const Matrix<T>& x, const Cache& cache, Matrix<T>& gradient, Part&& part) const {
    auto inner = run.workspace.take(x.shape(0), x.shape(1));
    before_part_backward(run, x, cache, gradient, *inner);
    part(options_.wiring == Wiring::post_norm ? x : cache.normed, *inner);
    after_part_backward(run, x, cache, gradient, *inner);
  }

 private:
  const Matrix<T>& before_part(const Run<T>& run, const Matrix<T>& x, Cache& cache) const;
  Matrix<T>& out_of_part(Cache& cache, Matrix<T>& y) const;
  void after_part(const Run<T>& run, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const;
  // Takes `gradient` past the end of the residual connection and writes that of the part's output.
  void before_part_backward(const Run<T>& run, const Matrix<T>& x, const Cache& cache, Matrix<T>& gradient,
                            Matrix<T>& dout) const;
  // Adds to `gradient` what comes through the part's input, whose gradient `din` is written over.
  void after_part_backward(const Run<T>& run, const Matrix<T>& x, const Cache& cache, Matrix<T>& gradient,
                           Matrix<T>& din) const;

  Options options_;
  LayerNorm<T> norm_;
  std::optional<Linear<T>> gate_;
  Dropout dropout_;
};

}  // namespace infodiet::engine
