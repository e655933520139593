#include "engine/gemm.hpp"

#include <fmt/format.h>
#include <xtensor-blas/xblas.hpp>

#include "engine/blas_setup.hpp"
#include "engine/errors.hpp"

namespace infodiet::engine {

namespace {

// Runs before main, and so before any product.
[[maybe_unused]] const bool blas_is_set_up = (set_up_blas(), true);

cxxblas::Transpose blas_transpose(Transpose transpose) {
  return transpose == Transpose::yes ? cxxblas::Trans : cxxblas::NoTrans;
}

}  // namespace

template <class T>
void gemm(const Factor<T>& a, const Factor<T>& b, MatrixSpan<T> out, Scaling<T> scaling) {
  if (a.cols() != b.rows() || a.rows() != out.rows || b.cols() != out.cols) {
    throw ShapeError(fmt::format(
        "gemm: ({}, {}) times ({}, {}) into ({}, {}): inner sizes must agree and the output be (rows of the first, "
        "columns of the second); is a factor transposed by mistake?",
        a.rows(), a.cols(), b.rows(), b.cols(), out.rows, out.cols));
  }
  if (out.rows == 0 || out.cols == 0) return;
  if (a.cols() == 0) {  // an empty sum, which BLAS would refuse for its strides
    for (std::size_t r = 0; r < out.rows; ++r) {
      for (T* x = out.row(r); x != out.row(r) + out.cols; ++x) *x = scaling.beta == T{0} ? T{0} : scaling.beta * *x;
    }
    return;
  }
  using Index = int;
  cxxblas::gemm<Index>(cxxblas::RowMajor, blas_transpose(a.transpose), blas_transpose(b.transpose),
                       static_cast<Index>(out.rows), static_cast<Index>(out.cols), static_cast<Index>(a.cols()),
                       scaling.alpha, a.matrix.data, static_cast<Index>(a.matrix.stride), b.matrix.data,
                       static_cast<Index>(b.matrix.stride), scaling.beta, out.data, static_cast<Index>(out.stride));
}

template void gemm<float>(const Factor<float>&, const Factor<float>&, MatrixSpan<float>, Scaling<float>);
template void gemm<double>(const Factor<double>&, const Factor<double>&, MatrixSpan<double>, Scaling<double>);

}  // namespace infodiet::engine
