// Temporary files, renamed to the file beside them when complete.
#pragma once

#include <filesystem>

namespace infodiet::engine {

/// Who may read a new file. A replaced file keeps its mode.
enum class FileAccess {
  everyone,  ///< as the umask allows
  owner,     ///< the owner only: the file names people
};

/// An empty file beside another, with a random name, locked while it is open. The next writer of the same file removes
/// those that are not locked, which killed processes left.
class PartFile {
 public:
  /// Also removes what killed writers of `path` left behind. Throws std::system_error naming `path`.
  PartFile(const std::filesystem::path& path, FileAccess access);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::filesystem::path& path() const { return part_; }
  int descriptor() const { return descriptor_; }

  /// What `move_to_place` does if the file exists.
  enum class Existing { is_replaced, is_an_error };
  /// Syncs the file, renames it to `path`, and syncs the folder. Throws std::system_error naming `path`.
  void move_to_place(Existing existing);

 private:
  [[noreturn]] void fail(int error) const;

  std::filesystem::path path_;
  std::filesystem::path part_;
  int descriptor_ = -1;
  bool moved_ = false;
};

}  // namespace infodiet::engine
