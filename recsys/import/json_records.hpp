// JSON objects as records of a table: one a line, or the elements of one array however it is laid out over lines.
// Objects as Python prints them are read too. What is inside an object stays JSON.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "recsys/import/dialect.hpp"
#include "recsys/import/input.hpp"

namespace infodiet::recsys {

/// What to take from each object.
struct JsonColumns {
  std::vector<std::string> names = {};
  std::vector<bool> wanted = {};  ///< (names) the others are left empty
  std::vector<bool> ids = {};     ///< (names) must be text or whole numbers: an id of 1.0 has lost how it was written
};

/// Records with a field for each name: text as it is, anything else as JSON writes it, and nothing for null and for
/// keys that are missing.
std::unique_ptr<RecordReader> json_records(ByteSource& source, const std::function<bool()>& should_stop,
                                           JsonColumns columns);

/// The names of all keys of the first `most` objects, each once; empty if there is none.
std::vector<std::string> json_names(ByteSource& source, std::size_t most);

}  // namespace infodiet::recsys
