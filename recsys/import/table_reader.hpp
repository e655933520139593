// Rows of any table, given what its columns are: what delimited text and JSON have in common.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "recsys/import/dialect.hpp"
#include "recsys/import/row_reader.hpp"
#include "recsys/import/topics.hpp"

namespace infodiet::recsys {

/// How to get at the rows of a table and at what its columns hold.
struct TableLayout {
  Understanding understanding = {};
  Dialect dialect = {};
  bool has_header = false;  ///< the first record names the columns
  TopicReading topics = {};
  TextTemplate item_key = {};  ///< of an item without an id of its own
  TextTemplate item_title = {};
  std::optional<std::size_t> time_of_day = {};  ///< where the column of times holds days only
  std::optional<std::size_t> time_fallback = {};
  std::optional<std::size_t> time_offset = {};
  std::optional<std::size_t> event_flag = {};
  std::pair<std::string, std::string> flag_events = {};  ///< what 1 and 0 in it stand for
  /// Topics told by a field of 0 or 1 each, from `first_flag` on.
  std::vector<std::string> flag_topics = {};
  std::size_t first_flag = 0;
  bool impressions = false;  ///< MIND's: the item column holds what was shown, the one before it the history
};

std::unique_ptr<RowReader> table_reader(TableLayout layout);

}  // namespace infodiet::recsys
