// Where output goes: results to standard output, everything else to standard error. Progress bars are in progress.hpp.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace infodiet::tools {

/// Keeps keys in the order in which they are set. Include nlohmann/json.hpp where one is made.
using Json = nlohmann::ordered_json;

struct ConsoleOptions {
  bool json = false;
  bool quiet = false;
};

class Console {
 public:
  explicit Console(ConsoleOptions options);

  /// Whether the result is to be one JSON document instead of text.
  bool json() const { return options_.json; }
  bool quiet() const { return options_.quiet; }
  /// Columns of the terminal that results go to; no limit where it is none.
  std::size_t width() const { return width_; }

  /// Writes a result to standard output and ends the line; what a terminal must not see is replaced. Throws
  /// std::system_error if it cannot be written.
  void print(std::string_view line) const;
  /// Writes sentences: broken between words to the console's width, with what a terminal must not see replaced.
  void print_prose(std::string_view text) const;
  /// Writes the JSON document; text that is not UTF-8 in it is replaced, numbers that are not finite become null.
  void print_json(const Json& document) const;
  /// A message on standard error; nothing with --quiet.
  void note(std::string_view text) const;
  /// A message on standard error that --quiet does not silence.
  void warn(std::string_view text) const;

  /// `text` set off where results go to a terminal with colours, else as it is.
  std::string bold(std::string_view text) const;
  std::string dim(std::string_view text) const;

 private:
  ConsoleOptions options_;
  std::size_t width_;
  bool colours_;
};

/// Says on standard error what went wrong, set off by colour where that is allowed, and below it what to do.
void print_failure(std::string_view what, std::string_view advice);

/// Hands everything written so far to the system. Throws std::system_error if standard output does not take it.
void flush_results();

}  // namespace infodiet::tools
