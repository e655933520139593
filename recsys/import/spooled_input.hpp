// Standard input or a pipe, kept in a temporary file: archives need to be read from their end, and content is looked at
// before it is imported. The file has no name, so it is gone with the process however that ends.
#pragma once

#include <functional>
#include <string>

namespace infodiet::recsys {

class SpooledInput {
 public:
  /// Reads what `from` names ("-" is standard input) to its end, or until `should_stop` answers yes. Throws DataError
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
