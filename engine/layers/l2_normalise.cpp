#include "engine/layers/l2_normalise.hpp"

#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
void L2Normalise<T>::forward(MatrixSpan<const T> x, Cache& cache, Matrix<T>& y) const {
  require_size(x.stride, x.cols, "l2_normalise", "the distance between rows", "give whole rows, not some columns");
  y.resize({x.rows, x.cols});
  cache.inverse_norms.resize({x.rows});
  kernels::best<T>().l2_normalise({x.data, x.rows, x.cols}, scale_, y.data(), cache.inverse_norms.data());
}

template <class T>
void L2Normalise<T>::backward(const Matrix<T>& y, const Cache& cache, const Matrix<T>& dy, Matrix<T>& dx) const {
  constexpr auto cause = "is it from another forward pass?";
  require_shape(dy, y, "l2_normalise", "the output's gradient", cause);
  require_size(cache.inverse_norms.size(), y.shape(0), "l2_normalise", "the cache's number of rows", cause);
  dx.resize(y.shape());
  kernels::best<T>().l2_normalise_backward({y.data(), y.shape(0), y.shape(1)}, dy.data(), scale_,
                                           cache.inverse_norms.data(), dx.data());
}

template class L2Normalise<float>;
template class L2Normalise<double>;

}  // namespace infodiet::engine
