// Rows of tables looked up by number: the catalogue's item vectors, learned and sinusoidal positions.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "engine/matrix_span.hpp"
#include "engine/parallel.hpp"
#include "engine/parameters.hpp"
#include "engine/ragged.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// out (T, D): out[t] = scale table[rows[t]]. Throws ShapeError if a row number is not in the table.
template <class T>
void gather_rows(MatrixSpan<const T> table, std::span<const std::uint32_t> rows, T scale, Matrix<T>& out);

/// All rows of a table, however many there are.
inline constexpr Range all_rows{0, std::numeric_limits<std::size_t>::max()};

/// dtable (V, D): dtable[rows[t]] += scale dout[t], for every t. The table is cut by rows, each summed by one task in
/// the order of t, so the result does not depend on the number of threads. Only rows of the table in `own` change.
/// Throws ShapeError if shapes differ or a row number is not in the table.
template <class T>
void scatter_add_rows(ThreadPool& pool, MatrixSpan<const T> dout, std::span<const std::uint32_t> rows, T scale,
                      MatrixSpan<T> dtable, const Range& own = all_rows);

/// The same with a scale for each row number and K row numbers for each row of dout: dtable[rows[i]] += scales[i]
/// dout[i / K].
template <class T>
void scatter_add_rows(ThreadPool& pool, MatrixSpan<const T> dout, std::span<const std::uint32_t> rows,
                      std::span<const T> scales, MatrixSpan<T> dtable, const Range& own = all_rows);

/// A learned vector for each position in a sequence, added to the input: x[begin(b) + i] += position[i].
/// Parameter "<name>.weight" (longest, D).
template <class T>
class LearnedPositions {
 public:
  /// For sequences of at most `longest` tokens; initial vectors are normal draws.
  LearnedPositions(ParameterLayout& layout, const std::string& name, std::size_t longest, std::size_t width);

  /// x (T, D) in place. Throws ShapeError if a sequence is longer than the table.
  void forward(const Parameters<T>& parameters, const Ragged& batch, Matrix<T>& x) const;
  /// The same for the tokens of one sequence from position `before` on: x (new tokens, D).
  void read_on(const Parameters<T>& parameters, std::size_t before, Matrix<T>& x) const;

  /// Adds dx (T, D) to the gradients of the positions; the gradient of the input is dx itself.
  void backward(const Ragged& batch, const Matrix<T>& dx, Parameters<T>& gradients) const;

 private:
  std::string name_;
  ParameterHandle weight_;
};

/// A fixed vector for each position in a sequence (Vaswani et al. 2017), added to the input: column 2 i is sin(position
/// / 10000^(2 i / D)), column 2 i + 1 the cosine of the same angle. No parameters.
template <class T>
class SinusoidalPositions {
 public:
  /// For sequences of at most `longest` tokens. `name` is for error messages.
  SinusoidalPositions(const std::string& name, std::size_t longest, std::size_t width);

  /// x (T, D) in place; its gradient passes unchanged. Throws ShapeError if a sequence is longer than the table.
  void forward(const Ragged& batch, Matrix<T>& x) const;

  /// (longest, D)
  const Matrix<T>& table() const { return table_; }

 private:
  std::string name_;
  Matrix<T> table_;
};

}  // namespace infodiet::engine
