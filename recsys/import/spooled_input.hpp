// Standard input or a pipe, copied to a temporary file: archives must be read from the end, and content is sampled
// before it is imported. The file has no name, so it is removed with the process.
#pragma once

#include <functional>
#include <string>

namespace infodiet::recsys {

/// The copy.
class SpooledInput {
 public:
  /// Reads `from` ("-" is standard input) to its end, or until `should_stop` returns true. Throws DataError
  /// if that fails, for example because the folder of temporary files (TMPDIR, or /tmp) is full.
  SpooledInput(const std::string& from, const std::function<bool()>& should_stop);
  ~SpooledInput();
  SpooledInput(const SpooledInput&) = delete;
  SpooledInput& operator=(const SpooledInput&) = delete;

  const std::string& name() const { return name_; }
  /// A path to open it by, valid as long as this object.
  const std::string& path() const { return path_; }

 private:
  std::string name_;
  std::string path_;
  int descriptor_;
};

}  // namespace infodiet::recsys
