// A file that appears complete or not at all: weights, exports and result files. Not a log, and no promise against
// power loss.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

namespace infodiet::engine {

/// Written beside its place under another name, and moved there by `commit`; without it nothing stays. An existing
/// file is replaced only then. What is there but no regular file (a pipe, /dev/stdout) is written directly.
/// Every failure (no such folder, not permitted, disk full) throws std::system_error naming the file.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  /// Completes the file; nothing may be written afterwards.
  void commit();

 private:
  [[noreturn]] void fail(int error) const;

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::filesystem::path path_;
  std::filesystem::path temporary_;  ///< where the bytes go; path_ itself if that is no regular file
  std::unique_ptr<std::FILE, Close> file_;
  bool committed_ = false;
};

}  // namespace infodiet::engine
