// A matrix in memory owned elsewhere: what kernels and matrix products take. Knows no xtensor, so that files compiled
// for one instruction set may include it.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace infodiet::engine {

/// Whether a product takes the transpose of a factor.
enum class Transpose : bool { no, yes };

/// `rows` x `cols` elements, row-major in memory, consecutive rows `stride` apart.
template <class T>
struct MatrixSpan {
  T* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t stride = 0;

  MatrixSpan() = default;
  MatrixSpan(T* data_in, std::size_t rows_in, std::size_t cols_in) : MatrixSpan(data_in, rows_in, cols_in, cols_in) {}
  MatrixSpan(T* data_in, std::size_t rows_in, std::size_t cols_in, std::size_t stride_in)
      : data(data_in), rows(rows_in), cols(cols_in), stride(stride_in) {}
  /// From anything with `data()` and a two-dimensional contiguous `shape()`, in particular `Matrix<T>`.
  template <class M>
  requires requires(M& m) {
    { m.data() } -> std::convertible_to<T*>;
    m.shape(1);
  }
  MatrixSpan(M& m) : MatrixSpan(m.data(), m.shape(0), m.shape(1)) {}  // NOLINT: converts implicitly on purpose
  /// A span of constants from a span of variables.
  template <class U>
  requires(!std::is_same_v<U, T> && std::is_same_v<const U, T>) MatrixSpan(const MatrixSpan<U>& other)
      : MatrixSpan(other.data, other.rows, other.cols, other.stride) {}  // NOLINT

  T* row(std::size_t r) const { return data + r * stride; }
  MatrixSpan rows_from(std::size_t begin, std::size_t count) const { return {row(begin), count, cols, stride}; }
  MatrixSpan cols_from(std::size_t begin, std::size_t count) const {
    return {data == nullptr ? data : data + begin, rows, count, stride};  // null plus an offset is undefined
  }
};

}  // namespace infodiet::engine
