#include "engine/layers/layer_norm.hpp"

#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

namespace {
constexpr double epsilon = 1e-5;
}

template <class T>
LayerNorm<T>::LayerNorm(ParameterLayout& layout, const std::string& name, std::size_t width)
    : name_(name),
      width_(width),
      gain_(layout.add_vector(name + ".gain", width, Initialiser::ones())),
      bias_(layout.add_vector(name + ".bias", width, Initialiser::zeros())) {}

template <class T>
void LayerNorm<T>::forward(const Parameters<T>& parameters, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const {
  const std::size_t tokens = x.shape(0);
  require_shape(x, {tokens, width_}, name_, "the input", "was the layer made for another width?");
  y.resize({tokens, width_});
  cache.mean.resize({tokens});
  cache.inverse_deviation.resize({tokens});
  kernels::best<T>().layer_norm({x.data(), tokens, width_}, {parameters.data(gain_), parameters.data(bias_)},
                                static_cast<T>(epsilon), y.data(), {cache.mean.data(), cache.inverse_deviation.data()});
}

template <class T>
void LayerNorm<T>::backward(const Parameters<T>& parameters, const Matrix<T>& x, const Cache& cache,
                            const Matrix<T>& dy, Matrix<T>& dx, Parameters<T>& gradients) const {
  const std::size_t tokens = x.shape(0);
  require_shape(dy, {tokens, width_}, name_, "the output's gradient", "is it from another forward pass?");
  require_size(cache.mean.size(), tokens, name_, "the cache's number of tokens", "is it from another forward pass?");
  dx.resize({tokens, width_});
  kernels::best<T>().layer_norm_backward({x.data(), tokens, width_}, dy.data(), parameters.data(gain_),
                                         {cache.mean.data(), cache.inverse_deviation.data()}, dx.data(),
                                         {gradients.data(gain_), gradients.data(bias_)});
}

template class LayerNorm<float>;
template class LayerNorm<double>;

}  // namespace infodiet::engine
