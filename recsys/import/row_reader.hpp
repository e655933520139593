// What every format provides: whether a file is of it, judged by its first lines, and a reader of its rows.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/import/columns.hpp"
#include "recsys/import/line_reader.hpp"
#include "recsys/import/row_sink.hpp"

namespace infodiet::recsys {

/// A file seen from its start.
struct FileSample {
  std::string name;                ///< for messages
  std::vector<std::string> lines;  ///< the first ones that are not blank, whole and without NUL; at least one
};

enum class Contents { interactions, items, users };

class RowReader {
 public:
  virtual ~RowReader() = default;
  virtual Contents contents() const = 0;
  /// Whether a column named by the user was found.
  virtual bool uses(ColumnRole role) const = 0;
  /// Reads all rows into `sink`.
  virtual void read(LineReader& lines, RowSink& sink) const = 0;
};

/// Whether the user said what format the file has, or it is for us to find out; then doubt means no.
enum class Knowledge { told, guess };

/// Whether most lines (three of four) pass: a file may have bad rows among its first.
bool most_lines(const FileSample& sample, const std::function<bool(std::string_view)>& accept);

// Each returns nothing if the file is not of its format.
using Recogniser = std::unique_ptr<RowReader>(const FileSample& sample, const ColumnNames& given, Knowledge knowledge);
Recogniser recognise_jsonl;
Recogniser recognise_recbole;
Recogniser recognise_movielens;
Recogniser recognise_csv;
Recogniser recognise_pairs;
Recogniser recognise_sequence;

}  // namespace infodiet::recsys
