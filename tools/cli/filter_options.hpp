// The options that filter lists: --exclude, --only and --only-topics.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "rl/answers/filter.hpp"
#include "tools/cli/options.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// Declares the options and makes a filter from them.
class FilterOptions {
 public:
  void add_to(OptionSet& options);
  /// Reports and ignores unknown ids. Throws DataError for an unknown topic and a file that cannot be read.
  rl::Filter filter(const rl::View& view, const Console& console) const;

 private:
  std::vector<std::string> exclude_;
  std::vector<std::string> only_;
  std::vector<std::string> only_topics_;
};

/// Calls `visit` for every non-empty line, without its line break, of a file, or of standard input for "-". Throws
/// DataError if the file cannot be read.
void for_each_line(const std::string& path, const std::function<void(const std::string& line)>& visit);

/// "3 ids are not stored and were skipped, such as 'x'", for the ids of `option`.
void note_unknown(const Console& console, const std::string& option, const std::vector<std::string>& unknown);

}  // namespace infodiet::tools
