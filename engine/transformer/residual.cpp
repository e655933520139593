#include "engine/transformer/residual.hpp"

#include <algorithm>

#include "engine/kernels/kernels.hpp"
#include "engine/matrix_ops.hpp"

namespace infodiet::engine {

template <class T>
Residual<T>::Residual(ParameterLayout& layout, const std::string& name, const Options& options)
    : options_(options), norm_(layout, name + "_norm", options.width), dropout_(layout, options.dropout) {
  if (options.wiring == Wiring::gated) {
    gate_.emplace(layout, name + "_gate", typename Linear<T>::Options{.in = options.width, .out = options.width});
  }
}

template <class T>
const Matrix<T>& Residual<T>::before_sublayer(const Run<T>& run, const Matrix<T>& x, Cache& cache) const {
  if (options_.wiring == Wiring::post_norm) return x;
  norm_.forward(run.parameters, x, cache.norm, cache.normed);
  return cache.normed;
}

template <class T>
Matrix<T>& Residual<T>::out_of_sublayer(Cache& cache, Matrix<T>& y) const {
  switch (options_.wiring) {
    case Wiring::post_norm:
      return cache.sum;
    case Wiring::gated:
      return cache.sublayer;
    case Wiring::pre_norm:
      break;
  }
  return y;
}

template <class T>
void Residual<T>::after_sublayer(const Run<T>& run, MatrixSpan<const T> x, Cache& cache, Matrix<T>& y) const {
  const bool is_gated = options_.wiring == Wiring::gated;
  dropout_.forward(run.pass, is_gated ? nullptr : x.data, out_of_sublayer(cache, y), cache.kept);
  switch (options_.wiring) {
    case Wiring::pre_norm:
      break;
    case Wiring::post_norm:
      norm_.forward(run.parameters, cache.sum, cache.norm, y);
      break;
    case Wiring::gated:
      gate_->forward(run.parameters, x, cache.gate);
      y.resize({x.rows, x.cols});
      std::copy_n(x.data, y.size(), y.data());
      kernels::best<T>().add_gated(y.data(), cache.gate.data(), cache.sublayer.data(), y.size());
      break;
  }
}

template <class T>
void Residual<T>::before_sublayer_backward(const Run<T>& run, const Matrix<T>& x, const Cache& cache,
                                           Matrix<T>& gradient, Matrix<T>& dout) const {
  switch (options_.wiring) {
    case Wiring::pre_norm:
      // forward: y = x + dropout(out)
      dropout_.backward(run.pass, cache.kept, gradient, dout);
      break;
    case Wiring::post_norm:
      // forward: y = norm(sum); sum = x + dropout(out)
      norm_.backward(run.parameters, cache.sum, cache.norm, gradient, gradient, run.required_gradients());
      dropout_.backward(run.pass, cache.kept, gradient, dout);
      break;
    case Wiring::gated: {
      // forward: y = x + sigmoid(gate) * dropout(out); gate = x Wg + bg
      auto dgate = run.workspace.take(x.shape(0), x.shape(1));
      auto dx = run.workspace.take(x.shape(0), x.shape(1));
      kernels::best<T>().add_gated_backward(cache.gate.data(), cache.sublayer.data(), gradient.data(), dout.data(),
                                            dgate->data(), gradient.size());
      gate_->backward(run.parameters, x, *dgate, *dx, run.required_gradients());
      add_to<T>(gradient, *dx);
      dropout_.backward(run.pass, cache.kept, dout, dout);
      break;
    }
  }
}

template <class T>
void Residual<T>::after_sublayer_backward(const Run<T>& run, const Matrix<T>& x, const Cache& cache,
                                          Matrix<T>& gradient, Matrix<T>& din) const {
  // forward: in = norm(x), or x
  if (options_.wiring != Wiring::post_norm) {
    norm_.backward(run.parameters, x, cache.norm, din, din, run.required_gradients());
  }
  add_to<T>(gradient, din);
}

template class Residual<float>;
template class Residual<double>;

}  // namespace infodiet::engine
