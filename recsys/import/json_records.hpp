// JSON objects as records of a table: one per line, or the elements of one array, whatever its line breaks. Also reads
// objects as Python prints them. Nested values stay JSON.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "recsys/import/dialect.hpp"
#include "recsys/import/input.hpp"

namespace infodiet::recsys {

/// What to read from each object.
struct JsonColumns {
  std::vector<std::string> names = {};
  std::vector<bool> wanted = {};  ///< (names) the others stay empty
  std::vector<bool> ids = {};  ///< (names) must be text or whole numbers: an id such as 1.0 would not keep its spelling
};

/// Records with a field for each name: text unchanged, anything else as JSON, and empty for null and missing keys.
std::unique_ptr<RecordReader> json_records(ByteSource& source, const std::function<bool()>& should_stop,
                                           JsonColumns columns);

/// The names of all keys of the first `most` objects, each once; empty if there is none.
std::vector<std::string> json_names(ByteSource& source, std::size_t most);

}  // namespace infodiet::recsys
