#include "engine/gemm.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <string>
#include <xtensor-blas/xblas.hpp>

#include "engine/blas_setup.hpp"
#include "engine/errors.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

namespace {

cxxblas::Transpose blas_transpose(Transpose transpose) {
  return transpose == Transpose::yes ? cxxblas::Trans : cxxblas::NoTrans;
}

template <class T>
Factor<T> rows_of(const Factor<T>& factor, std::size_t begin, std::size_t count) {
  const MatrixSpan<const T>& m = factor.matrix;
  return {factor.transpose == Transpose::no ? m.rows_from(begin, count) : m.cols_from(begin, count), factor.transpose};
}

template <class T>
Factor<T> cols_of(const Factor<T>& factor, std::size_t begin, std::size_t count) {
  const MatrixSpan<const T>& m = factor.matrix;
  return {factor.transpose == Transpose::no ? m.cols_from(begin, count) : m.rows_from(begin, count), factor.transpose};
}

template <class T>
void multiply(const Factor<T>& a, const Factor<T>& b, MatrixSpan<T> out, Scaling<T> scaling) {
  using Index = int;
  cxxblas::gemm<Index>(cxxblas::RowMajor, blas_transpose(a.transpose), blas_transpose(b.transpose),
                       static_cast<Index>(out.rows), static_cast<Index>(out.cols), static_cast<Index>(a.cols()),
                       scaling.alpha, a.matrix.data, static_cast<Index>(a.matrix.stride), b.matrix.data,
                       static_cast<Index>(b.matrix.stride), scaling.beta, out.data, static_cast<Index>(out.stride));
}

// OpenBLAS packs both factors before it multiplies, except for products of up to a million multiplications on
// processors with AVX-512, where that costs a sixth of the time. So a product that is long in one dimension and narrow
// in the others is cut into pieces.
constexpr std::size_t most_unpacked = 1'000'000;

// A transposed second factor is always packed; one of this size is worth transposing for this many rows.
constexpr std::size_t rows_worth_transposing = 48;
constexpr std::size_t most_transposed = std::size_t{1} << 16;

bool multiplies_unpacked() {
  static const bool answer = [] {
    const std::string kernels = blas_kernels();
    return kernels == "SkylakeX" || kernels == "Cooperlake" || kernels == "SapphireRapids";
  }();
  return answer;
}

/// Into what length to cut a dimension of `length` so that products with the others, of `rest` elements together, are
/// not packed; `length` itself if pieces would be shorter than `shortest` or are not needed.
std::size_t piece_of(std::size_t length, std::size_t rest, std::size_t shortest) {
  constexpr std::size_t kernel_rows = 16;
  const std::size_t longest = most_unpacked / rest / kernel_rows * kernel_rows;
  if (length <= longest || longest < shortest) return length;
  const std::size_t pieces = (length + longest - 1) / longest;
  return ((length + pieces - 1) / pieces + kernel_rows - 1) / kernel_rows * kernel_rows;
}

/// This thread's room for a transposed factor.
template <class T>
Buffer<T>& transposed_room() {
  thread_local Buffer<T> room;
  if (room.empty()) room.resize(most_transposed);
  return room;
}

template <class T>
void multiply_in_pieces(const Factor<T>& a, const Factor<T>& b, MatrixSpan<T> out, Scaling<T> scaling) {
  const std::size_t inner = a.cols();
  if (!multiplies_unpacked() || (b.transpose == Transpose::yes && a.transpose == Transpose::yes)) {
    return multiply(a, b, out, scaling);
  }
  if (b.transpose == Transpose::yes) {
    if (out.rows < rows_worth_transposing || inner * out.cols > most_transposed) return multiply(a, b, out, scaling);
    Buffer<T>& plain_b = transposed_room<T>();
    kernels::best<T>().transpose(b.matrix.data, out.cols, inner, b.matrix.stride, plain_b.data());
    return multiply_in_pieces<T>(a, {{plain_b.data(), inner, out.cols}}, out, scaling);
  }
  if (a.transpose == Transpose::no) {
    const std::size_t piece = piece_of(out.rows, out.cols * inner, 16);
    for (std::size_t begin = 0; begin < out.rows; begin += piece) {
      const std::size_t count = std::min(piece, out.rows - begin);
      multiply(rows_of(a, begin, count), b, out.rows_from(begin, count), scaling);
    }
    return;
  }
  const std::size_t piece = piece_of(inner, out.rows * out.cols, 32);
  for (std::size_t begin = 0; begin < inner; begin += piece) {
    const std::size_t count = std::min(piece, inner - begin);
    multiply(cols_of(a, begin, count), rows_of(b, begin, count), out,
             {.alpha = scaling.alpha, .beta = begin == 0 ? scaling.beta : T{1}});
  }
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
  reserve_blas_memory();
  multiply_in_pieces(a, b, out, scaling);
}

void reserve_gemm_memory() noexcept {
  if (!multiplies_unpacked()) return;
  try {
    transposed_room<float>();
  } catch (const std::bad_alloc&) {  // as the contract says
  }
}

template void gemm<float>(const Factor<float>&, const Factor<float>&, MatrixSpan<float>, Scaling<float>);
template void gemm<double>(const Factor<double>&, const Factor<double>&, MatrixSpan<double>, Scaling<double>);

}  // namespace infodiet::engine
