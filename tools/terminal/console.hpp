// Output: results to standard output, everything else to standard error. Progress bars are in progress.hpp.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace infodiet::tools {

/// Keeps keys in insertion order. Include nlohmann/json.hpp to make one.
using Json = nlohmann::ordered_json;

/// How a command prints.
struct ConsoleOptions {
  bool json = false;
  bool quiet = false;
};

/// The streams of a command.
class Console {
 public:
  explicit Console(ConsoleOptions options);

  /// Whether to print one JSON document instead of text.
  bool json() const { return options_.json; }
  bool quiet() const { return options_.quiet; }
  /// Columns of the terminal that results go to; unlimited if it is not a terminal.
  std::size_t width() const { return width_; }

  /// Writes a result and a line end to standard output; replaces characters unsafe for a terminal. Throws
  /// std::system_error if it cannot be written.
  void print(std::string_view line) const;
  /// Writes sentences, wrapped to the console's width, with characters unsafe for a terminal replaced.
  void print_prose(std::string_view text) const;
  /// Writes the JSON document; replaces invalid UTF-8, and numbers that are not finite by null.
  void print_json(const Json& document) const;
  /// A message on standard error; nothing with --quiet.
  void note(std::string_view text) const;
  /// A message on standard error that --quiet does not silence.
  void warn(std::string_view text) const;

  /// `text` in bold if results go to a terminal with colours, else unchanged.
  std::string bold(std::string_view text) const;
  std::string dim(std::string_view text) const;

 private:
  ConsoleOptions options_;
  std::size_t width_;
  bool colours_;
};

/// Prints an error on standard error, in colour if allowed, and below it what to do.
void print_failure(std::string_view what, std::string_view advice);

/// Flushes everything written so far. Throws std::system_error if standard output does not take it.
void flush_results();

}  // namespace infodiet::tools
