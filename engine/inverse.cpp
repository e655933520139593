#include "engine/inverse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/blas_setup.hpp"
#include "engine/errors.hpp"

extern "C" {  // NOLINTBEGIN(readability-identifier-naming): the names of LAPACK
void dpotrf_(const char* triangle, const int* n, double* matrix, const int* stride, int* info);
void dpotri_(const char* triangle, const int* n, double* matrix, const int* stride, int* info);
}  // NOLINTEND(readability-identifier-naming)

namespace infodiet::engine {

namespace {

// Copies the upper triangle to the lower one, tile by tile so that both stay in cache.
void mirror(MatrixSpan<double> matrix) {
  constexpr std::size_t tile = 64;
  for (std::size_t top = 0; top < matrix.rows; top += tile) {
    const std::size_t bottom = std::min(matrix.rows, top + tile);
    for (std::size_t left = 0; left <= top; left += tile) {
      for (std::size_t r = top; r < bottom; ++r) {
        for (std::size_t c = left; c < std::min(r, left + tile); ++c) matrix.row(r)[c] = matrix.row(c)[r];
      }
    }
  }
}

}  // namespace

void invert_symmetric(MatrixSpan<double> matrix) {
  if (matrix.rows != matrix.cols || matrix.rows > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw ShapeError(fmt::format("invert_symmetric: a matrix of ({}, {}) is not square", matrix.rows, matrix.cols));
  }
  if (matrix.rows == 0) return;
  reserve_blas_memory();
  const auto n = static_cast<int>(matrix.rows);
  const auto stride = static_cast<int>(matrix.stride);
  // LAPACK goes by columns, so its lower triangle is our upper one.
  int info = 0;
  dpotrf_("L", &n, matrix.data, &stride, &info);
  if (info == 0) dpotri_("L", &n, matrix.data, &stride, &info);
  if (info != 0) {
    throw Error(fmt::format("invert_symmetric: a matrix of ({0}, {0}) is not positive definite (row {1})", n, info));
  }
  mirror(matrix);
}

}  // namespace infodiet::engine
