// AdamW for a big table of which a step touches few rows, exactly as if every step had gone through the whole table.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/matrix_span.hpp"
#include "engine/optim/adamw.hpp"
#include "engine/parallel.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Adam moves a row even in steps that give it no gradient: momentum carries it on, and weight decay shrinks it. Those
/// missed steps are taken, one by one and to the same bits, when the row is next used: `catch_up` before reading rows,
/// then `update`. A row that never had a gradient and does not decay costs nothing.
template <class T>
class RowAdamW {
 public:
  RowAdamW(std::size_t rows, std::size_t cols, const AdamOptions& options);

  /// Takes the missed steps of these rows (ascending), which may then be read. Throws ShapeError where shapes disagree.
  void catch_up(ThreadPool& pool, MatrixSpan<T> table, std::span<const std::uint32_t> rows);

  /// One step in which `rows` (ascending, caught up) have gradients (R, D) and all others have none. Throws Error if a
  /// row was not caught up.
  void update(ThreadPool& pool, MatrixSpan<T> table, std::span<const std::uint32_t> rows, MatrixSpan<const T> gradients,
              double rate, double gradient_scale = 1);

  /// Takes the missed steps of all rows, as before evaluating or saving. Forgets past steps, which would otherwise be
  /// kept (72 bytes each) until the last row has taken them.
  void catch_up_all(ThreadPool& pool, MatrixSpan<T> table);

  std::uint64_t steps() const { return forgotten_ + history_.size(); }

 private:
  std::size_t missed(std::size_t row) const;
  void catch_up_row(MatrixSpan<T> table, std::size_t row);
  void check(MatrixSpan<T> table) const;

  AdamOptions options_;
  Matrix<T> first_;
  Matrix<T> second_;
  std::vector<std::uint64_t> taken_;        // (V) steps that the row has taken
  std::vector<kernels::AdamStep> history_;  // steps number forgotten_ + 1, ...
  std::uint64_t forgotten_ = 0;
};

}  // namespace infodiet::engine
