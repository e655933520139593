// How optimisers cut flat blocks of parameters into tasks. Not for users of optimisers.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/parallel.hpp"

namespace infodiet::engine {

/// Calls body(range) for pieces of a fixed size, so that nothing depends on the number of threads.
template <class Body>
void for_each_chunk(ThreadPool& pool, std::size_t n, Body&& body) {
  constexpr std::size_t chunk = std::size_t{1} << 15;
  pool.run((n + chunk - 1) / chunk, [&](std::size_t i, std::size_t) {
    body(Range{i * chunk, std::min(n, (i + 1) * chunk)});
  });
}

}  // namespace infodiet::engine
