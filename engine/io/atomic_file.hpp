// A file that appears complete or not at all, also if the power fails: weights, exports and result files. Not a log.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/io/part_file.hpp"

namespace infodiet::engine {

/// Written beside its place under another name, and moved there by `commit`; without it nothing stays. An existing
/// file is replaced only then. A link is followed to the file it leads to; one that leads nowhere is refused. What is
/// there but no regular file (a pipe, /dev/stdout) is written directly. What killed writers of the same file have left
/// is removed. Every failure (no such folder, not permitted, disk full) throws std::system_error naming the file.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path, FileAccess access = FileAccess::everyone);
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
  std::optional<PartFile> part_;  ///< where the bytes go, unless path_ is there and no regular file
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace infodiet::engine
