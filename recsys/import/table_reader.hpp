// Rows of any table whose columns are known; shared by delimited text and JSON.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "recsys/import/dialect.hpp"
#include "recsys/import/row_reader.hpp"
#include "recsys/import/topics.hpp"

namespace infodiet::recsys {

/// How to read the rows of a table and the values of its columns.
struct TableLayout {
  Understanding understanding = {};
  Dialect dialect = {};
  bool has_header = false;  ///< the first record names the columns
  TopicReading topics = {};
  TextTemplate item_key = {};  ///< for an item without an id
  TextTemplate item_title = {};
  std::optional<std::size_t> time_of_day = {};  ///< if the column of times holds days only
  std::optional<std::size_t> time_fallback = {};
  std::optional<std::size_t> time_offset = {};
  std::optional<std::size_t> event_flag = {};
  std::pair<std::string, std::string> flag_events = {};  ///< what 1 and 0 in it stand for
  /// Topics given by one field of 0 or 1 each, from `first_flag` on.
  std::vector<std::string> flag_topics = {};
  std::size_t first_flag = 0;
  bool impressions = false;  ///< MIND's: the item column holds what was shown, the one before it the history
};

/// A reader of such a table.
std::unique_ptr<RowReader> table_reader(TableLayout layout);

}  // namespace infodiet::recsys
