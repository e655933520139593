// Which of the fixed parts of some work one process does. Parts never depend on the number of processes, so neither do
// results.
#pragma once

#include <cstddef>

#include "engine/parallel.hpp"

namespace infodiet::engine {

/// One of `count` processes, number `index`. Work is divided into eighths, so that whatever is cut into 8, 16 or 64
/// parts is cut among processes at the same places; beyond 8 processes some have no eighth.
struct Share {
  std::size_t index = 0;
  std::size_t count = 1;

  Range eighths() const { return part_of(8, count, index); }
  /// Which of `parts` parts, a multiple of 8.
  Range of_parts(std::size_t parts) const { return {parts / 8 * eighths().begin, parts / 8 * eighths().end}; }
  /// Which of `size` things, cut into such parts.
  Range of_size(std::size_t size) const { return {size * eighths().begin / 8, size * eighths().end / 8}; }
};

/// Calls `body(part, worker)` for the share's parts of `parts`, a multiple of 8, as ThreadPool::run does.
template <class Body>
void run_share(ThreadPool& pool, const Share& share, std::size_t parts, Body&& body) {
  const Range own = share.of_parts(parts);
  pool.run(own.end - own.begin, [&](std::size_t i, std::size_t worker) { body(own.begin + i, worker); });
}

}  // namespace infodiet::engine
