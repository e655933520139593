#include "engine/matrix_ops.hpp"

#include <algorithm>

#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
void add_to(MatrixSpan<T> y, MatrixSpan<const T> x) {
  require_shape(x, y, "add_to", "what is added", "it must have the shape of the sum");
  if (y.stride == y.cols && x.stride == x.cols) {
    kernels::best<T>().add(y.data, x.data, y.rows * y.cols);
    return;
  }
  for (std::size_t r = 0; r < y.rows; ++r) kernels::best<T>().add(y.row(r), x.row(r), y.cols);
}

template <class T>
void clear(MatrixSpan<T> y) {
  for (std::size_t r = 0; r < y.rows; ++r) std::fill_n(y.row(r), y.cols, T{0});
}

template <class T>
void transpose(MatrixSpan<const T> x, Matrix<T>& y) {
  y.resize({x.cols, x.rows});
  kernels::best<T>().transpose(x.data, x.rows, x.cols, x.stride, y.data());
}

template void add_to(MatrixSpan<float>, MatrixSpan<const float>);
template void add_to(MatrixSpan<double>, MatrixSpan<const double>);
template void clear(MatrixSpan<float>);
template void clear(MatrixSpan<double>);
template void transpose(MatrixSpan<const float>, Matrix<float>&);
template void transpose(MatrixSpan<const double>, Matrix<double>&);

}  // namespace infodiet::engine
