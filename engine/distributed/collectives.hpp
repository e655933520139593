// What all processes of a job do together with arrays of plain numbers. Each function is called by all of them; alone,
// each returns at once. Not for sums: the caller knows their order.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "engine/distributed/communicator.hpp"
#include "engine/matrix_span.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

template <class T>
concept Plain = std::is_trivially_copyable_v<T>;

/// Where each process's part of an array lies: process p holds [begin(p), begin(p + 1)), for p up to the number of
/// them.
using Bounds = std::vector<std::size_t>;

/// The bounds of each process's share of `size` things.
Bounds bounds_of(const Communicator& processes, std::size_t size);
/// The same in an ascending list of some of the things.
Bounds bounds_in(const Communicator& processes, std::size_t size, std::span<const std::uint32_t> some);

// The same on bytes; `unit` is the size of an element.
void broadcast_bytes(Communicator& processes, Traffic kind, std::span<std::byte> bytes);
void gather_bytes_everywhere(Communicator& processes, Traffic kind, std::span<std::byte> all, const Bounds& bounds,
                             std::size_t unit);
void gather_bytes(Communicator& processes, Traffic kind, std::span<std::byte> all, const Bounds& bounds,
                  std::size_t unit);
void scatter_bytes(Communicator& processes, Traffic kind, std::size_t from, std::span<std::byte> all,
                   const Bounds& bounds, std::size_t unit);

/// Process 0's values go to all, along a binomial tree.
template <Plain T>
void broadcast(Communicator& processes, Traffic kind, std::span<T> values) {
  broadcast_bytes(processes, kind, std::as_writable_bytes(values));
}
template <Plain T>
void broadcast_value(Communicator& processes, Traffic kind, T& value) {
  broadcast(processes, kind, std::span<T>(&value, 1));
}
/// The same with their number, for a vector or a string.
template <class Values>
void broadcast_all(Communicator& processes, Traffic kind, Values& values) {
  using T = typename Values::value_type;
  if (processes.is_alone()) return;
  std::uint64_t size = values.size();
  broadcast_value(processes, kind, size);
  values.resize(size);
  broadcast(processes, kind, std::span<T>(values));
}

/// Each process has its part of `all`; then all have all of it. Everyone sends its part to everyone else.
template <Plain T>
void gather_everywhere(Communicator& processes, Traffic kind, std::span<T> all, const Bounds& bounds) {
  gather_bytes_everywhere(processes, kind, std::as_writable_bytes(all), bounds, sizeof(T));
}
/// The same for rows of a contiguous matrix.
template <Plain T>
void gather_rows_everywhere(Communicator& processes, Traffic kind, MatrixSpan<T> all, const Bounds& rows) {
  gather_bytes_everywhere(processes, kind, std::as_writable_bytes(std::span<T>(all.data, all.rows * all.cols)), rows,
                          all.cols * sizeof(T));
}

/// Each process has its part of `all`; then process 0 has all of it.
template <Plain T>
void gather(Communicator& processes, Traffic kind, std::span<T> all, const Bounds& bounds) {
  gather_bytes(processes, kind, std::as_writable_bytes(all), bounds, sizeof(T));
}

/// Process `from` has all of `all`; then each has its part at least.
template <Plain T>
void scatter(Communicator& processes, Traffic kind, std::size_t from, std::span<T> all, const Bounds& bounds) {
  scatter_bytes(processes, kind, from, std::as_writable_bytes(all), bounds, sizeof(T));
}

/// Process p has the rows from rows[p] to rows[p + 1] of `matrix`, with all columns; then it has the columns from
/// cols[p] to cols[p + 1] of all rows as well. `packed` is scratch memory.
template <class T>
void exchange_columns(Communicator& processes, Traffic kind, MatrixSpan<T> matrix, const Bounds& rows,
                      const Bounds& cols, Buffer<T>& packed);

/// Process p has the columns from cols[p] to cols[p + 1] of all rows, as a matrix of their own; then it has the rows
/// from rows[p] to rows[p + 1] with all columns. `packed` is scratch memory.
template <class T>
void exchange_rows(Communicator& processes, Traffic kind, const Matrix<T>& own_cols, const Bounds& rows,
                   const Bounds& cols, Matrix<T>& own_rows, Buffer<T>& packed);

}  // namespace infodiet::engine
