#include "engine/distributed/collectives.hpp"

#include <algorithm>

namespace infodiet::engine {

namespace {

std::span<std::byte> part(std::span<std::byte> all, const Bounds& bounds, std::size_t process, std::size_t unit) {
  return all.subspan(bounds[process] * unit, (bounds[process + 1] - bounds[process]) * unit);
}

}  // namespace

Bounds bounds_of(const Communicator& processes, std::size_t size) {
  Bounds bounds{0};
  for (std::size_t p = 0; p < processes.size(); ++p) {
    bounds.push_back(Share{.index = p, .count = processes.size()}.of_size(size).end);
  }
  return bounds;
}

Bounds bounds_in(const Communicator& processes, std::size_t size, std::span<const std::uint32_t> some) {
  Bounds bounds = bounds_of(processes, size);
  for (std::size_t& bound : bounds) {
    bound = static_cast<std::size_t>(std::lower_bound(some.begin(), some.end(), bound) - some.begin());
  }
  return bounds;
}

void broadcast_bytes(Communicator& processes, Traffic kind, std::span<std::byte> bytes) {
  if (processes.is_alone()) return;
  const std::size_t rank = processes.rank();
  // Process r has it from r less its highest bit, and hands it to r + 2^k for each 2^k above r.
  std::size_t step = 1;
  while (step <= rank) step *= 2;
  if (rank > 0) {
    const Communicator::Incoming in{rank - step / 2, bytes};
    processes.exchange(kind, {}, {&in, 1});
  }
  std::vector<Communicator::Outgoing> out;
  for (; rank + step < processes.size(); step *= 2) out.push_back({rank + step, bytes});
  std::reverse(out.begin(), out.end());  // the process that sends it on most often comes first
  processes.exchange(kind, out, {});
}

void gather_bytes_everywhere(Communicator& processes, Traffic kind, std::span<std::byte> all, const Bounds& bounds,
                             std::size_t unit) {
  std::vector<Communicator::Outgoing> out;
  std::vector<Communicator::Incoming> in;
  for (std::size_t away = 1; away < processes.size(); ++away) {
    const std::size_t to = (processes.rank() + away) % processes.size();
    const std::size_t from = (processes.rank() + processes.size() - away) % processes.size();
    out.push_back({to, part(all, bounds, processes.rank(), unit)});
    in.push_back({from, part(all, bounds, from, unit)});
  }
  processes.exchange(kind, out, in);
}

void gather_bytes(Communicator& processes, Traffic kind, std::span<std::byte> all, const Bounds& bounds,
                  std::size_t unit) {
  if (!processes.is_first()) {
    const Communicator::Outgoing out{0, part(all, bounds, processes.rank(), unit)};
    return processes.exchange(kind, {&out, 1}, {});
  }
  std::vector<Communicator::Incoming> in;
  for (std::size_t p = 1; p < processes.size(); ++p) in.push_back({p, part(all, bounds, p, unit)});
  processes.exchange(kind, {}, in);
}

void scatter_bytes(Communicator& processes, Traffic kind, std::size_t from, std::span<std::byte> all,
                   const Bounds& bounds, std::size_t unit) {
  if (processes.rank() != from) {
    const Communicator::Incoming in{from, part(all, bounds, processes.rank(), unit)};
    return processes.exchange(kind, {}, {&in, 1});
  }
  std::vector<Communicator::Outgoing> out;
  for (std::size_t p = 0; p < processes.size(); ++p) {
    if (p != from) out.push_back({p, part(all, bounds, p, unit)});
  }
  processes.exchange(kind, out, {});
}

template <class T>
void exchange_columns(Communicator& processes, Traffic kind, MatrixSpan<T> matrix, const Bounds& rows,
                      const Bounds& cols, Buffer<T>& packed) {
  if (processes.is_alone()) return;
  const std::size_t me = processes.rank();
  const std::size_t own_rows = rows[me + 1] - rows[me];
  const std::size_t own_cols = cols[me + 1] - cols[me];
  const auto block = [&](std::size_t row_part, std::size_t col_part) {
    return matrix.rows_from(rows[row_part], rows[row_part + 1] - rows[row_part])
        .cols_from(cols[col_part], cols[col_part + 1] - cols[col_part]);
  };
  packed.resize(own_rows * (matrix.cols - own_cols) + (matrix.rows - own_rows) * own_cols);
  std::vector<Communicator::Outgoing> out;
  std::vector<Communicator::Incoming> in;
  T* next = packed.data();
  for (std::size_t p = 0; p < processes.size(); ++p) {
    if (p == me) continue;
    const MatrixSpan<T> mine = block(me, p);
    const std::span<T> values(next, mine.rows * mine.cols);
    for (std::size_t r = 0; r < mine.rows; ++r, next += mine.cols) std::copy_n(mine.row(r), mine.cols, next);
    out.push_back({p, std::as_bytes(values)});
  }
  T* const first = next;
  for (std::size_t p = 0; p < processes.size(); ++p) {
    if (p == me) continue;
    const std::size_t count = (rows[p + 1] - rows[p]) * own_cols;
    in.push_back({p, std::as_writable_bytes(std::span<T>(next, count))});
    next += count;
  }
  processes.exchange(kind, out, in);
  next = first;
  for (std::size_t p = 0; p < processes.size(); ++p) {
    if (p == me) continue;
    const MatrixSpan<T> theirs = block(p, me);
    for (std::size_t r = 0; r < theirs.rows; ++r, next += theirs.cols) std::copy_n(next, theirs.cols, theirs.row(r));
  }
}

template <class T>
void exchange_rows(Communicator& processes, Traffic kind, const Matrix<T>& own_cols, const Bounds& rows,
                   const Bounds& cols, Matrix<T>& own_rows, Buffer<T>& packed) {
  const std::size_t me = processes.rank();
  const std::size_t count = rows[me + 1] - rows[me];
  const MatrixSpan<const T> mine(own_cols);
  own_rows.resize({count, cols.back()});
  packed.resize(count * (cols.back() - mine.cols));
  std::vector<Communicator::Outgoing> out;
  std::vector<Communicator::Incoming> in;
  std::vector<MatrixSpan<const T>> parts;
  T* next = packed.data();
  for (std::size_t p = 0; p < processes.size(); ++p) {
    const std::size_t width = cols[p + 1] - cols[p];
    if (p == me) {
      parts.push_back(mine.rows_from(rows[me], count));
      continue;
    }
    const std::size_t theirs = rows[p + 1] - rows[p];
    out.push_back({p, std::as_bytes(std::span<const T>(mine.row(rows[p]), theirs * mine.cols))});
    in.push_back({p, std::as_writable_bytes(std::span<T>(next, count * width))});
    parts.emplace_back(next, count, width);
    next += count * width;
  }
  processes.exchange(kind, out, in);
  for (std::size_t p = 0; p < processes.size(); ++p) {
    for (std::size_t r = 0; r < count; ++r) std::copy_n(parts[p].row(r), parts[p].cols, &own_rows(r, cols[p]));
  }
}

template void exchange_rows(Communicator&, Traffic, const Matrix<float>&, const Bounds&, const Bounds&, Matrix<float>&,
                            Buffer<float>&);
template void exchange_columns(Communicator&, Traffic, MatrixSpan<float>, const Bounds&, const Bounds&, Buffer<float>&);
template void exchange_columns(Communicator&, Traffic, MatrixSpan<double>, const Bounds&, const Bounds&,
                               Buffer<double>&);

}  // namespace infodiet::engine
