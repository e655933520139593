#include "engine/layers/embedding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

namespace {

void require_row(std::uint32_t row, std::size_t rows, const char* where) {
  if (row < rows) return;
  throw ShapeError(
      fmt::format("{}: row {} of a table with {} rows: was the table made for another catalogue?", where, row, rows));
}

// Rows lie anywhere in a table, so they are prefetched this many lookups ahead.
constexpr std::size_t rows_ahead = 12;

template <class T>
void prefetch_row(const T* row, std::size_t width) {
  constexpr std::size_t line = 64 / sizeof(T);
  for (std::size_t i = 0; i < width; i += line) __builtin_prefetch(row + i);
}

/// Calls add(i), in order, for every i whose rows[i] is in the range; fetch(i) runs ahead.
template <class Fetch, class Add>
void for_each_row_in(const Range& range, std::span<const std::uint32_t> rows, Fetch fetch, Add add) {
  std::size_t waiting[rows_ahead];
  std::size_t found = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < range.begin || rows[i] >= range.end) continue;
    std::size_t& slot = waiting[found % rows_ahead];
    if (found >= rows_ahead) add(slot);
    slot = i;
    fetch(i);
    ++found;
  }
  for (std::size_t k = found - std::min(found, rows_ahead); k < found; ++k) add(waiting[k % rows_ahead]);
}

// Row number i adds row i of the gradient, each scaled alike.
template <class T>
struct OneEach {
  T scale_of_all;

  T scale(std::size_t) const { return scale_of_all; }
  std::size_t source(std::size_t i) const { return i; }
};

// Every `group` row numbers add one row of the gradient, each with a scale of its own.
template <class T>
struct Grouped {
  std::span<const T> scales;
  std::size_t group;

  T scale(std::size_t i) const { return scales[i]; }
  std::size_t source(std::size_t i) const { return i / group; }
};

template <class T, class Added>
void scatter_add(ThreadPool& pool, MatrixSpan<const T> dout, std::span<const std::uint32_t> rows, const Added& added,
                 MatrixSpan<T> dtable, const Range& own) {
  require_size(dout.cols, dtable.cols, "scatter_add_rows", "the gradient's width", "is it another table's?");
  for (const std::uint32_t row : rows) require_row(row, dtable.rows, "scatter_add_rows");
  constexpr std::size_t parts = 16;
  const std::size_t width = dtable.cols;
  const kernels::Table<T>& kernel = kernels::best<T>();
  const std::size_t first = std::min(own.begin, dtable.rows);
  const std::size_t count = std::min(own.end, dtable.rows) - first;
  pool.run(parts, [&](std::size_t part, std::size_t) {
    const Range range = part_of(count, parts, part);
    for_each_row_in(
        {first + range.begin, first + range.end}, rows,
        [&](std::size_t i) {
          prefetch_row(dout.row(added.source(i)), width);
          prefetch_row(dtable.row(rows[i]), width);
        },
        [&](std::size_t i) {
          kernel.add_scaled(dtable.row(rows[i]), added.scale(i), dout.row(added.source(i)), width);
        });
  });
}

template <class T>
void require_length(const std::string& name, std::size_t tokens, MatrixSpan<const T> table) {
  if (tokens <= table.rows) return;
  throw ShapeError(fmt::format("{}: a sequence of {} tokens but only {} positions: cut the sequence or widen the table",
                               name, tokens, table.rows));
}

template <class T>
void add_positions(const std::string& name, MatrixSpan<const T> table, const Ragged& batch, Matrix<T>& x) {
  require_shape(x, {batch.tokens(), table.cols}, name, "the input", "do the offsets belong to it?");
  for (std::size_t b = 0; b < batch.sequences(); ++b) {
    require_length(name, batch.length(b), table);
    kernels::best<T>().add(x.data() + batch.begin(b) * table.cols, table.data, batch.length(b) * table.cols);
  }
}

}  // namespace

template <class T>
void gather_rows(MatrixSpan<const T> table, std::span<const std::uint32_t> rows, T scale, Matrix<T>& out) {
  for (const std::uint32_t row : rows) require_row(row, table.rows, "gather_rows");
  out.resize({rows.size(), table.cols});
  for (std::size_t t = 0; t < rows.size(); ++t) {
    if (t + rows_ahead < rows.size()) prefetch_row(table.row(rows[t + rows_ahead]), table.cols);
    T* to = out.data() + t * table.cols;
    std::copy_n(table.row(rows[t]), table.cols, to);
    kernels::best<T>().multiply(to, scale, table.cols);
  }
}

template <class T>
void scatter_add_rows(ThreadPool& pool, MatrixSpan<const T> dout, std::span<const std::uint32_t> rows, T scale,
                      MatrixSpan<T> dtable, const Range& own) {
  require_size(dout.rows, rows.size(), "scatter_add_rows", "the number of gradient rows", "one for each row number");
  scatter_add(pool, dout, rows, OneEach<T>{scale}, dtable, own);
}

template <class T>
void scatter_add_rows(ThreadPool& pool, MatrixSpan<const T> dout, std::span<const std::uint32_t> rows,
                      std::span<const T> scales, MatrixSpan<T> dtable, const Range& own) {
  require_size(scales.size(), rows.size(), "scatter_add_rows", "the number of scales", "one for each row number");
  if (rows.empty()) return;
  const std::size_t group = dout.rows == 0 ? 0 : rows.size() / dout.rows;
  require_size(rows.size(), group * dout.rows, "scatter_add_rows", "the number of row numbers",
               "as many for each gradient row");
  scatter_add(pool, dout, rows, Grouped<T>{scales, group}, dtable, own);
}

template <class T>
LearnedPositions<T>::LearnedPositions(ParameterLayout& layout, const std::string& name, std::size_t longest,
                                      std::size_t width)
    : name_(name), weight_(layout.add_matrix(name + ".weight", longest, width, Initialiser::normal(0.02))) {}

template <class T>
void LearnedPositions<T>::forward(const Parameters<T>& parameters, const Ragged& batch, Matrix<T>& x) const {
  add_positions<T>(name_, parameters.matrix(weight_), batch, x);
}

template <class T>
void LearnedPositions<T>::read_on(const Parameters<T>& parameters, std::size_t before, Matrix<T>& x) const {
  const MatrixSpan<const T> table = parameters.matrix(weight_);
  require_size(x.shape(1), table.cols, name_, "the input's width", "is it another layer's?");
  require_length(name_, before + x.shape(0), table);
  kernels::best<T>().add(x.data(), table.row(before), x.size());
}

template <class T>
void LearnedPositions<T>::backward(const Ragged& batch, const Matrix<T>& dx, Parameters<T>& gradients) const {
  require_shape(dx, {batch.tokens(), weight_.cols}, name_, "the gradient", "do the offsets belong to it?");
  for (std::size_t b = 0; b < batch.sequences(); ++b) {
    // forward: x[begin(b) + i] += position[i]
    kernels::best<T>().add(gradients.data(weight_), dx.data() + batch.begin(b) * weight_.cols,
                           batch.length(b) * weight_.cols);
  }
}

template <class T>
SinusoidalPositions<T>::SinusoidalPositions(const std::string& name, std::size_t longest, std::size_t width)
    : name_(name) {
  table_.resize({longest, width});
  for (std::size_t position = 0; position < longest; ++position) {
    for (std::size_t col = 0; col < width; ++col) {
      const double rate = std::pow(10000.0, -static_cast<double>(col - col % 2) / static_cast<double>(width));
      const double angle = static_cast<double>(position) * rate;
      table_(position, col) = static_cast<T>(col % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  }
}

template <class T>
void SinusoidalPositions<T>::forward(const Ragged& batch, Matrix<T>& x) const {
  add_positions<T>(name_, table_, batch, x);
}

#define INFODIET_INSTANTIATE(T)                                                                                        \
  template void gather_rows(MatrixSpan<const T>, std::span<const std::uint32_t>, T, Matrix<T>&);                       \
  template void scatter_add_rows(ThreadPool&, MatrixSpan<const T>, std::span<const std::uint32_t>, T, MatrixSpan<T>,   \
                                 const Range&);                                                                        \
  template void scatter_add_rows(ThreadPool&, MatrixSpan<const T>, std::span<const std::uint32_t>, std::span<const T>, \
                                 MatrixSpan<T>, const Range&);                                                         \
  template class LearnedPositions<T>;                                                                                  \
  template class SinusoidalPositions<T>;
INFODIET_INSTANTIATE(float)
INFODIET_INSTANTIATE(double)
#undef INFODIET_INSTANTIATE

}  // namespace infodiet::engine
