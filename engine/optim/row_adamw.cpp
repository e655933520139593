#include "engine/optim/row_adamw.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/errors.hpp"
#include "engine/optim/row_set.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

namespace {
constexpr auto where = "row-wise adamw";
}

template <class T>
RowAdamW<T>::RowAdamW(std::size_t rows, std::size_t cols, const AdamOptions& options)
    : options_(options), taken_(rows, 0) {
  for (Matrix<T>* moments : {&first_, &second_}) {
    moments->resize({rows, cols});
    std::fill(moments->begin(), moments->end(), T{0});
  }
}

template <class T>
void RowAdamW<T>::check(MatrixSpan<T> table) const {
  require_shape(table.rows, table.cols, first_.shape(0), first_.shape(1), where, "the table",
                "is the optimiser another table's?");
}

template <class T>
std::size_t RowAdamW<T>::missed(std::size_t row) const {
  // Steps without gradient leave alone what has no momentum and does not decay.
  const bool unmoved = taken_[row] == 0 && options_.weight_decay == 0;
  return unmoved ? 0 : steps() - taken_[row];
}

template <class T>
void RowAdamW<T>::catch_up_row(MatrixSpan<T> table, std::size_t row) {
  const std::size_t count = missed(row);
  if (count == 0) return;
  kernels::best<T>().adam_without_gradient(history_.data() + (history_.size() - count), count, table.row(row),
                                           &first_(row, 0), &second_(row, 0), table.cols);
  taken_[row] = steps();
}

template <class T>
void RowAdamW<T>::catch_up(ThreadPool& pool, MatrixSpan<T> table, std::span<const std::uint32_t> rows) {
  check(table);
  require_rows(rows, table.rows, where);
  for_each_row_part(pool, rows.size(), [&](std::size_t i) { catch_up_row(table, rows[i]); });
}

template <class T>
void RowAdamW<T>::update(ThreadPool& pool, MatrixSpan<T> table, std::span<const std::uint32_t> rows,
                         MatrixSpan<const T> gradients, double rate, double gradient_scale) {
  check(table);
  require_rows(rows, table.rows, where);
  require_shape(gradients.rows, gradients.cols, rows.size(), table.cols, where, "the gradients",
                "one row for each row number");
  for (const std::uint32_t row : rows) {
    if (missed(row) == 0) continue;
    throw Error(fmt::format("{}: row {} has missed {} steps: call catch_up before reading and updating it", where, row,
                            missed(row)));
  }
  history_.push_back(adam_step(options_, steps() + 1, rate, gradient_scale));
  for_each_row_part(pool, rows.size(), [&](std::size_t i) {
    const std::size_t row = rows[i];
    kernels::best<T>().adam(history_.back(), table.row(row), gradients.row(i), &first_(row, 0), &second_(row, 0),
                            table.cols);
    taken_[row] = steps();
  });
}

template <class T>
void RowAdamW<T>::catch_up_all(ThreadPool& pool, MatrixSpan<T> table) {
  check(table);
  for_each_row_part(pool, table.rows, [&](std::size_t row) { catch_up_row(table, row); });
  forgotten_ = steps();
  history_.clear();
}

template class RowAdamW<float>;
template class RowAdamW<double>;

}  // namespace infodiet::engine
