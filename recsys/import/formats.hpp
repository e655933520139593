// The names of what can be imported.
#pragma once

#include <optional>
#include <string_view>

namespace infodiet::recsys {

/// The values of --format.
enum class ImportFormat {
  automatic,  ///< recognised for each file
  csv,        ///< a table with any of the usual separators
  movielens,  ///< ml-100k's u.data and u.item, ml-1m's .dat, ml-latest's CSV
  recbole,    ///< atomic files: tabs, and a header of name:type
  sequence,   ///< `user item item ...` per line, oldest first
  pairs,      ///< `user item` per line, oldest first
  jsonl,      ///< JSON objects, one per line or in one array
};

/// The format's name on the command line: "auto", "csv", ...
std::string_view name_of(ImportFormat format);
/// The reverse; nothing for an unknown name.
std::optional<ImportFormat> import_format_named(std::string_view name);

}  // namespace infodiet::recsys
