// A file that appears complete or not at all, even if the power fails: weights, exports, results. Not for logs.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/io/part_file.hpp"

namespace infodiet::engine {

/// Writes to a temporary file beside `path` and renames it on `commit`; without `commit` nothing remains. An existing
/// file is replaced only then. Links are followed; a dangling link is refused. What exists but is no regular file (a
/// pipe, /dev/stdout) is written directly. Removes what killed writers of the same file left behind. Every failure (no
/// such folder, not permitted, disk full) throws std::system_error naming the file.
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
  std::optional<PartFile> part_;  ///< where the bytes go, unless path_ exists and is no regular file
  std::unique_ptr<std::FILE, Close> file_;
};

/// Writes an AtomicFile of these bytes.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace infodiet::engine
