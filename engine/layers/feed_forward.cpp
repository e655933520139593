#include "engine/layers/feed_forward.hpp"

#include "engine/layers/activation.hpp"

namespace infodiet::engine {

template <class T>
FeedForward<T>::FeedForward(ParameterLayout& layout, const std::string& name, const Options& options)
    : options_(options),
      in_(layout, name + ".in",
          {.in = options.width,
           .out = options.activation == Activation::swiglu ? 2 * options.ffn_width : options.ffn_width}),
      out_(layout, name + ".out", {.in = options.ffn_width, .out = options.width}),
      dropout_(layout, options.dropout) {}

template <class T>
void FeedForward<T>::activate(const Matrix<T>& before, Matrix<T>& after) const {
  switch (options_.activation) {
    case Activation::gelu:
      return Gelu<T>::forward(before, after);
    case Activation::selu:
      return Selu<T>::forward(before, after);
    case Activation::relu:
      return Relu<T>::forward(before, after);
    case Activation::swiglu:
      return Swiglu<T>::forward(before, after);
  }
}

template <class T>
void FeedForward<T>::activate_backward(const Matrix<T>& before, const Matrix<T>& dafter, Matrix<T>& dbefore) const {
  switch (options_.activation) {
    case Activation::gelu:
      return Gelu<T>::backward(before, dafter, dbefore);
    case Activation::selu:
      return Selu<T>::backward(before, dafter, dbefore);
    case Activation::relu:
      return Relu<T>::backward(before, dafter, dbefore);
    case Activation::swiglu:
      return Swiglu<T>::backward(before, dafter, dbefore);
  }
}

template <class T>
void FeedForward<T>::forward(const Run<T>& run, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const {
  in_.forward(run.parameters, x, cache.before);
  activate(cache.before, cache.after);
  dropout_.forward<T>(run.pass, nullptr, cache.after, cache.kept);
  out_.forward(run.parameters, cache.after, y);
}

template <class T>
void FeedForward<T>::backward(const Run<T>& run, const Matrix<T>& x, const Cache& cache, Matrix<T>& gradient) const {
  auto dhidden = run.workspace.take(cache.after.shape(0), cache.after.shape(1));
  // forward: y = after W2 + b2
  out_.backward(run.parameters, cache.after, gradient, *dhidden, run.required_gradients());
  // forward: after = dropout(activation(before))
  dropout_.backward(run.pass, cache.kept, *dhidden, *dhidden);
  auto dbefore = run.workspace.take(cache.before.shape(0), cache.before.shape(1));
  activate_backward(cache.before, *dhidden, *dbefore);
  // forward: before = x W1 + b1
  in_.backward(run.parameters, x, *dbefore, gradient, run.required_gradients());
}

template class FeedForward<float>;
template class FeedForward<double>;

}  // namespace infodiet::engine
