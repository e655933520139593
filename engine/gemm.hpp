// The one matrix product of the engine, over xtensor-blas, into memory that the caller allocated.
#pragma once

#include "engine/matrix_span.hpp"

namespace infodiet::engine {

/// A factor of a product, possibly read transposed.
template <class T>
struct Factor {
  MatrixSpan<const T> matrix;
  Transpose transpose = Transpose::no;

  std::size_t rows() const { return transpose == Transpose::no ? matrix.rows : matrix.cols; }
  std::size_t cols() const { return transpose == Transpose::no ? matrix.cols : matrix.rows; }
};

/// How a product is combined with its output: out = alpha a b + beta out.
template <class T>
struct Scaling {
  T alpha = 1;
  T beta = 0;
};

/// out = alpha a b + beta out; a (M, K), b (K, N), out (M, N). Runs on the calling thread alone. If beta is 0, out is
/// not read. Throws ShapeError if shapes differ, MemoryError if OpenBLAS has no memory for this thread.
template <class T>
void gemm(const Factor<T>& a, const Factor<T>& b, MatrixSpan<T> out, Scaling<T> scaling = {});

/// Allocates what float products need on the calling thread, so that none of them does later. If there is no memory,
/// the first that needs it asks again.
void reserve_gemm_memory() noexcept;

/// The factor `m`, not transposed.
template <class T, class M>
Factor<T> plain(const M& m) {
  return {MatrixSpan<const T>(m), Transpose::no};
}
/// The factor `m`, read transposed.
template <class T, class M>
Factor<T> transposed(const M& m) {
  return {MatrixSpan<const T>(m), Transpose::yes};
}

}  // namespace infodiet::engine
