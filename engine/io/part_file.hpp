// Files that are written beside their place, under a name of their own, until they are whole.
#pragma once

#include <filesystem>

namespace infodiet::engine {

/// Who may read a file that is made. One that is replaced keeps the mode it had.
enum class FileAccess {
  everyone,  ///< whom the umask allows
  owner,     ///< nobody else: it names people
};

/// An empty file beside another, with a random name of its own, locked as long as it is open; whoever writes the same
/// file next takes what is not locked for left by a killed process, and removes it.
class PartFile {
 public:
  /// Also removes what killed writers of `path` have left. Throws std::system_error naming `path`.
  PartFile(const std::filesystem::path& path, FileAccess access);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::filesystem::path& path() const { return part_; }
  int descriptor() const { return descriptor_; }

  /// Syncs what was written to its disk, moves it to its place, and syncs the folder. Throws std::system_error naming
  /// that place.
  enum class Existing { is_replaced, is_an_error };
  void move_to_place(Existing existing);

 private:
  [[noreturn]] void fail(int error) const;

  std::filesystem::path path_;
  std::filesystem::path part_;
  int descriptor_ = -1;
  bool moved_ = false;
};

}  // namespace infodiet::engine
