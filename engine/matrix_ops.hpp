// Small operations on whole matrices that layers share.
#pragma once

#include "engine/matrix_span.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// y += x. Throws ShapeError if shapes differ.
template <class T>
void add_to(MatrixSpan<T> y, MatrixSpan<const T> x);

/// Sets every element to 0.
template <class T>
void clear(MatrixSpan<T> y);

/// y (cols, rows) = x (rows, cols) transposed; y is resized.
template <class T>
void transpose(MatrixSpan<const T> x, Matrix<T>& y);

}  // namespace infodiet::engine
