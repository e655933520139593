// The parts of reading a file: a sample of it, and a reader of its rows that says how it understood the file.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recsys/import/columns.hpp"
#include "recsys/import/formats.hpp"
#include "recsys/import/input.hpp"
#include "recsys/import/row_sink.hpp"
#include "recsys/import/times.hpp"

namespace infodiet::recsys {

/// A sample of a file: its start, and a few lines from further on.
struct FileSample {
  std::string name;                ///< for messages
  std::vector<std::string> lines;  ///< the first complete lines, not blank and without NUL; at least one
  std::size_t bytes = 0;           ///< lower bound for the text that `lines` were read from
  std::vector<std::string> later;  ///< complete lines, spread over the rest
  std::function<std::unique_ptr<ByteSource>()> open;  ///< opens the file again
};

/// What the rows of a file are.
enum class Contents { interactions, items, users };

/// What an item's column without a role of its own is read as.
inline constexpr std::string_view attribute_use = "attribute";

/// Text with the values of columns inserted: "{artist} - {track}".
struct TextTemplate {
  struct Piece {
    std::string text = {};  ///< before the column
    std::optional<std::size_t> column = std::nullopt;
  };
  std::vector<Piece> pieces = {};
  bool empty() const { return pieces.empty(); }
};

/// How a file was understood. Everything that changes what is stored is here: its text is part of the file's
/// fingerprint.
struct Understanding {
  ImportFormat format = ImportFormat::automatic;  ///< never automatic once understood
  Contents contents = Contents::interactions;
  std::string layout = {};              ///< the published layout's name, if it is one
  std::string dialect = {};             ///< in words: "commas, a header"
  std::vector<std::string> names = {};  ///< of all columns, or "column 1", ...
  /// (names) The use of each column: a role's name, or words; empty if unused.
  std::vector<std::string> uses = {};
  ColumnPositions columns = {};
  std::optional<TimeReading> time = {};
  std::string topics = {};                     ///< how topics are split, in words; empty if there are none
  std::optional<double> not_rated = {};        ///< the number that stands for no rating
  std::optional<std::string> person = {};      ///< the user of all rows, if no column names one
  std::vector<std::string> taken_events = {};  ///< the only ones that count; empty: all
  std::string event_if_null = {};
  std::string title_prefix = {};
  std::vector<std::string> notes = {};  ///< remarks for the user, one sentence each
};

/// Reads the rows of one file.
class RowReader {
 public:
  virtual ~RowReader() = default;
  /// How it understands the file.
  const Understanding& understanding() const { return understanding_; }
  Understanding& understanding() { return understanding_; }
  /// Reads all rows into `sink`, until the end or until `should_stop` returns true.
  virtual void read(ByteSource& source, const std::function<bool()>& should_stop, RowSink& sink) const = 0;

 protected:
  explicit RowReader(Understanding understanding) : understanding_(std::move(understanding)) {}

 private:
  Understanding understanding_;
};

/// How the user wants files to be read.
struct ReadingOptions {
  ImportFormat format = ImportFormat::automatic;
  ColumnNames columns = {};                ///< what columns are called
  std::optional<TimeUnit> time_unit = {};  ///< of times that are numbers
  std::string time_format = {};            ///< of times that are dates, in strptime's syntax; empty: recognised
  std::string topic_separator = {};        ///< between the topics of an item; empty: recognised
  std::optional<std::string> person = {};  ///< the user of rows that name none
};

}  // namespace infodiet::recsys
