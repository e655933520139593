// A sparse V x V matrix by rows, as counting models keep it. Read-only once filled; no algebra.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "recsys/data/dataset.hpp"

namespace infodiet::recsys {

/// The non-zero entries of each row.
struct SparseRows {
  struct Entry {
    ItemIndex column;
    float value;
  };

  std::vector<std::size_t> offsets{0};  ///< (rows + 1)
  std::vector<Entry> entries;           ///< row by row

  std::span<const Entry> row(std::size_t index) const {
    return std::span(entries).subspan(offsets[index], offsets[index + 1] - offsets[index]);
  }
};

}  // namespace infodiet::recsys
