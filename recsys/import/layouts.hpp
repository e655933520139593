// The layouts of published logs: how to recognise each, and what its columns mean. Tables in no known layout are read
// by column names or values.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recsys/import/column_kinds.hpp"
#include "recsys/import/columns.hpp"
#include "recsys/import/formats.hpp"

namespace infodiet::recsys {

/// Columns of a layout are named as in its header, or numbered from 1 if it has none.
struct Layout {
  std::string_view name;
  ImportFormat format = ImportFormat::csv;
  /// Names of its files, with * for anything: folders and archives are searched for them.
  std::vector<std::string_view> files = {};
  bool only_files = false;  ///< the shape alone is ambiguous: the file's name must match too
  /// Names that must all be among the columns; if empty, the layout has no header and `shape` identifies it.
  std::vector<std::string_view> header = {};
  /// Whether there must be no other columns than `header`.
  bool only_header = false;
  std::string_view separator = {};
  /// The kind of each column's values: "id", "item" (an id, but not a small number, which may be a rating), "time",
  /// "score", "place", "number", "words" (no ids), "any", or a regular expression that starts with ^.
  std::vector<std::string_view> shape = {};
  std::vector<std::pair<ColumnRole, std::string_view>> columns = {};
  /// The id of items that have none, and their title: text with columns in braces.
  std::string_view item_key = {};
  std::string_view item_title = {};
  std::string_view title_prefix = {};  ///< removed from the start of every title
  /// A column whose time is used in rows without a time.
  std::string_view time_fallback = {};
  /// A column of milliseconds to add to the time.
  std::string_view time_offset = {};
  bool month_first = false;
  /// A column of 1 and 0 (or true and false), and the events they stand for.
  std::string_view event_flag = {};
  std::pair<std::string_view, std::string_view> flag_events = {};
  std::string_view event_if_null = {};              ///< the event of rows without one
  std::vector<std::string_view> taken_events = {};  ///< the only events that count as consumption; empty: all
  std::vector<std::string_view> flag_topics = {};   ///< topics given by one field of 0 or 1 each
  std::size_t first_flag = 0;
  bool one_person = false;   ///< a personal export, which does not name the person
  bool impressions = false;  ///< MIND's behaviours: a history, and what was shown and clicked
};

/// All layouts.
std::span<const Layout> layouts();

/// Whether this is the name of a file of some layout.
bool is_published_name(const std::string& file_name);

/// The layout whose header is among these names, if any; of several, the one with the longest header.
const Layout* layout_with_header(std::span<const std::string> names);
/// The layout without header that fits the rows of this file with this separator, if any.
const Layout* layout_with_shape(const std::string& file, std::string_view separator, std::span<const SampleRow> rows,
                                std::span<const ColumnFacts> facts);

}  // namespace infodiet::recsys
