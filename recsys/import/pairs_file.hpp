// A file of pairs of a user and an item, read like an import but not stored.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "recsys/import/input.hpp"
#include "recsys/import/row_reader.hpp"

namespace infodiet::recsys {

/// An open file of pairs.
class PairsFile {
 public:
  /// A table whose header names a user and an item, JSON objects with both, or two columns without a header: user and
  /// item. Throws DataError if the file cannot be read or has another form.
  explicit PairsFile(const std::string& path);

  /// Whether it has a column of events.
  bool has_events() const;
  /// Passes every row to `sink`.
  void read(RowSink& sink) const;

 private:
  std::vector<std::unique_ptr<Input>> inputs_;
  std::unique_ptr<RowReader> reader_;
};

}  // namespace infodiet::recsys
