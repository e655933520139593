// The inverse of a symmetric positive definite matrix. The one use of LAPACK: everything else is a product.
#pragma once

#include "engine/matrix_span.hpp"

namespace infodiet::engine {

/// Replaces `matrix` (n, n), symmetric and positive definite, by its inverse: Cholesky, then the inverse from the
/// factor (LAPACK's dpotrf and dpotri), n^3 multiplications and no memory beside the matrix. Reads the upper triangle,
/// writes both. Throws ShapeError if it is not square, Error if it is not positive definite.
void invert_symmetric(MatrixSpan<double> matrix);

}  // namespace infodiet::engine
