#include "engine/transformer/residual.hpp"

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
const Matrix<T>& Residual<T>::before_part(const Parameters<T>& parameters, const Matrix<T>& x, Cache& cache) const {
  if (options_.wiring == Wiring::post_norm) return x;
  norm_.forward(parameters, x, cache.norm, cache.normed);
  return cache.normed;
}

template <class T>
Matrix<T>& Residual<T>::out_of_part(Cache& cache, Matrix<T>& y) const {
  switch (options_.wiring) {
    case Wiring::post_norm:
      return cache.sum;
    case Wiring::gated:
      return cache.part;
    case Wiring::pre_norm:
      break;
  }
  return y;
}

template <class T>
void Residual<T>::after_part(const Parameters<T>& parameters, const Pass& pass, const Matrix<T>& x, Cache& cache,
                             Matrix<T>& y) const {
  Matrix<T>& out = out_of_part(cache, y);
  dropout_.apply(pass, out, out);
  switch (options_.wiring) {
    case Wiring::pre_norm:
      add_to<T>(y, x);
      break;
    case Wiring::post_norm:
      add_to<T>(cache.sum, x);
      norm_.forward(parameters, cache.sum, cache.norm, y);
      break;
    case Wiring::gated:
      gate_->forward(parameters, x, cache.gate);
      y = x;
      kernels::best<T>().add_gated(y.data(), cache.gate.data(), cache.part.data(), y.size());
      break;
  }
}

template <class T>
void Residual<T>::before_part_backward(const Parameters<T>& parameters, const Pass& pass, const Matrix<T>& x,
                                       const Cache& cache, Workspace<T>& workspace, Matrix<T>& gradient,
                                       Matrix<T>& dout, Parameters<T>& gradients) const {
  switch (options_.wiring) {
    case Wiring::pre_norm:
      // forward: y = x + dropout(out)
      dropout_.apply(pass, gradient, dout);
      break;
    case Wiring::post_norm:
      // forward: y = norm(sum); sum = x + dropout(out)
      norm_.backward(parameters, cache.sum, cache.norm, gradient, gradient, gradients);
      dropout_.apply(pass, gradient, dout);
      break;
    case Wiring::gated: {
      // forward: y = x + sigmoid(gate) * dropout(out); gate = x Wg + bg
      auto dgate = workspace.take(x.shape(0), x.shape(1));
      auto dx = workspace.take(x.shape(0), x.shape(1));
      kernels::best<T>().add_gated_backward(cache.gate.data(), cache.part.data(), gradient.data(), dout.data(),
                                            dgate->data(), gradient.size());
      gate_->backward(parameters, x, *dgate, *dx, gradients);
      add_to<T>(gradient, *dx);
      dropout_.apply(pass, dout, dout);
      break;
    }
  }
}

template <class T>
void Residual<T>::after_part_backward(const Parameters<T>& parameters, const Matrix<T>& x, const Cache& cache,
                                      const Matrix<T>& din, Matrix<T>& scratch, Matrix<T>& gradient,
                                      Parameters<T>& gradients) const {
  if (options_.wiring == Wiring::post_norm) {
    add_to<T>(gradient, din);
    return;
  }
  // forward: in = norm(x)
  norm_.backward(parameters, x, cache.norm, din, scratch, gradients);
  add_to<T>(gradient, scratch);
}

template class Residual<float>;
template class Residual<double>;

}  // namespace infodiet::engine
