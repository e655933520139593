#include "engine/io/part_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <random>
#include <string>
#include <system_error>

namespace infodiet::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view ending = ".part";
constexpr std::size_t random_digits = 8;

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// Whether `name` is `file`, ".", random digits and the ending.
bool is_part_of(const std::string& name, const std::string& file) {
  if (name.size() != file.size() + 1 + random_digits + ending.size()) return false;
  if (!name.starts_with(file + ".") || !name.ends_with(ending)) return false;
  return std::all_of(name.begin() + static_cast<std::ptrdiff_t>(file.size()) + 1,
                     name.end() - static_cast<std::ptrdiff_t>(ending.size()),
                     [](unsigned char c) { return std::isxdigit(c) != 0; });
}

// Removes the file, and what SQLite keeps beside it if it is a database.
void remove_with_logs(const fs::path& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(fs::path(path) += suffix, ignored);
}

// Ignores failures: such leftovers stay for the owner of the folder.
void remove_leftovers(const fs::path& path) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_of(path), ignored)) {
    if (!is_part_of(entry.path().filename().string(), path.filename().string())) continue;
    const int file = open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) continue;
    if (flock(file, LOCK_EX | LOCK_NB) == 0) remove_with_logs(entry.path());
    close(file);
  }
}

// If the file system cannot sync folders, there is nothing more to do.
void sync_folder(const fs::path& path) {
  const int descriptor = open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

PartFile::PartFile(const fs::path& path, FileAccess access) : path_(path) {
  remove_leftovers(path_);
  struct stat there {};
  const bool replaces = stat(path_.c_str(), &there) == 0;
  std::random_device random;
  for (;;) {
    part_ = path_;
    part_ += fmt::format(".{:08x}{}", static_cast<std::uint32_t>(random()), ending);
    descriptor_ = open(part_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, access == FileAccess::owner ? 0600 : 0666);
    if (descriptor_ < 0 && errno == EEXIST) continue;
    if (descriptor_ < 0) fail(errno);
    flock(descriptor_, LOCK_EX);
    struct stat mine {};
    if (fstat(descriptor_, &mine) != 0 || mine.st_nlink > 0) break;
    // Another writer took it for a leftover before it was locked, and removed it.
    close(descriptor_);
  }
  if (replaces) fchmod(descriptor_, there.st_mode & 07777);
}

PartFile::~PartFile() {
  if (!moved_) remove_with_logs(part_);
  close(descriptor_);
}

void PartFile::move_to_place(Existing existing) {
  if (fsync(descriptor_) != 0) fail(errno);
  const unsigned flags = existing == Existing::is_an_error ? RENAME_NOREPLACE : 0U;
  if (renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, path_.c_str(), flags) != 0) {
    // Not every file system supports the flags.
    if (errno != EINVAL || rename(part_.c_str(), path_.c_str()) != 0) fail(errno);
  }
  moved_ = true;
  sync_folder(path_);
}

void PartFile::fail(int error) const {
  throw std::system_error(error, std::generic_category(), fmt::format("cannot write {}", path_.string()));
}

}  // namespace infodiet::engine
