// A file of pairs of a user and an item, read as imports read files, for whoever stores nothing of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "recsys/import/input.hpp"
#include "recsys/import/row_reader.hpp"

namespace infodiet::recsys {

class PairsFile {
 public:
  /// A table whose header names a user and an item, JSON objects with both, or two columns without a header: user and
  /// item. Throws DataError if the file cannot be read or is nothing of that kind.
  explicit PairsFile(const std::string& path);

  bool has_events() const;
  /// Hands every row over to `sink`.
  void read(RowSink& sink) const;

 private:
  std::vector<std::unique_ptr<Input>> inputs_;
  std::unique_ptr<RowReader> reader_;
};

}  // namespace infodiet::recsys
