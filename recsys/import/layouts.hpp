// The layouts in which logs are published: one row each, saying how it is known and what its columns mean. A table that
// is none of them is read by the names of its columns or by what they hold.
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

/// Columns of a layout are named as in its header, or numbered from 1 where it has none.
struct Layout {
  std::string_view name;
  ImportFormat format = ImportFormat::csv;
  /// What its files are called, * for anything: those are taken out of folders and archives.
  std::vector<std::string_view> files = {};
  bool only_files = false;  ///< its shape says too little: a file must be called so too
  /// Names that are all among the columns; where there are none, the layout has no header and `shape` tells it.
  std::vector<std::string_view> header = {};
  /// Whether there are no other columns than `header`.
  bool only_header = false;
  std::string_view separator = {};
  /// For each column what its values are: "id", "item" (an id that is no small number, which may be a rating), "time",
  /// "score", "place", "number", "words" (no ids), "any", or a regular expression that starts with ^.
  std::vector<std::string_view> shape = {};
  std::vector<std::pair<ColumnRole, std::string_view>> columns = {};
  /// How an item is named where it has no id of its own, and what it is called: text with columns in braces.
  std::string_view item_key = {};
  std::string_view item_title = {};
  std::string_view title_prefix = {};  ///< that every title starts with, and that is no part of it
  /// A column that gives the time of rows that have none in theirs.
  std::string_view time_fallback = {};
  /// A column of milliseconds that pass after the time.
  std::string_view time_offset = {};
  bool month_first = false;
  /// A column of 1 and 0 (or true and false), and the events they stand for.
  std::string_view event_flag = {};
  std::pair<std::string_view, std::string_view> flag_events = {};
  std::string_view event_if_null = {};              ///< what a row without an event is
  std::vector<std::string_view> taken_events = {};  ///< the only events that are things consumed; empty: all are
  std::vector<std::string_view> flag_topics = {};   ///< topics told by a field of 0 or 1 each
  std::size_t first_flag = 0;
  bool one_person = false;   ///< an export of somebody's own, which does not name them
  bool impressions = false;  ///< MIND's behaviours: a history, and what was shown with what was clicked
};

std::span<const Layout> layouts();

/// Whether a layout's files are called so.
bool is_published_name(const std::string& file_name);

/// The layout whose header is among these names, if any; the one that asks for most.
const Layout* layout_with_header(std::span<const std::string> names);
/// The layout without header that rows of this file, between this separator, have, if any.
const Layout* layout_with_shape(const std::string& file, std::string_view separator, std::span<const SampleRow> rows,
                                std::span<const ColumnFacts> facts);

}  // namespace infodiet::recsys
