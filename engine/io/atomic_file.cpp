#include "engine/io/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <string>
#include <system_error>

namespace infodiet::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view ending = ".part";
constexpr std::size_t random_digits = 8;

// "." and random digits and the ending after the name of the file that is written.
bool is_temporary_of(const std::string& name, const std::string& file) {
  if (name.size() != file.size() + 1 + random_digits + ending.size()) return false;
  if (!name.starts_with(file + ".") || !name.ends_with(ending)) return false;
  return std::all_of(name.begin() + static_cast<std::ptrdiff_t>(file.size()) + 1,
                     name.end() - static_cast<std::ptrdiff_t>(ending.size()),
                     [](unsigned char c) { return std::isxdigit(c) != 0; });
}

// A writer that lives holds a lock on its temporary file. Failures leave files where they are: they are nobody's
// business but the folder's owner's.
void remove_leftovers(const fs::path& path) {
  std::error_code ignored;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (!is_temporary_of(entry.path().filename().string(), path.filename().string())) continue;
    const int file = open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) continue;
    if (flock(file, LOCK_EX | LOCK_NB) == 0) fs::remove(entry.path(), ignored);
    close(file);
  }
}

// Where the file system has folders that cannot be synced, there is nothing more to be done.
void sync_folder(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

AtomicFile::AtomicFile(const fs::path& path, FileAccess access) : path_(path) {
  std::error_code error;
  const fs::file_status status = fs::status(path_, error);
  if (status.type() == fs::file_type::not_found && fs::is_symlink(fs::symlink_status(path_, error))) {
    throw std::system_error(ENOENT, std::generic_category(),
                            fmt::format("cannot write {}, a link that leads nowhere", path_.string()));
  }
  if (status.type() == fs::file_type::regular) path_ = fs::canonical(path_);
  if (status.type() == fs::file_type::not_found || status.type() == fs::file_type::regular) {
    remove_leftovers(path_);
    open_beside(access);
  } else {
    temporary_ = path_;
    file_.reset(std::fopen(path_.c_str(), "wb"));
  }
  if (file_ == nullptr) fail(errno);
}

void AtomicFile::open_beside(FileAccess access) {
  struct stat there {};
  const bool replaces = stat(path_.c_str(), &there) == 0;
  std::random_device random;
  while (file_ == nullptr) {
    temporary_ = path_;
    temporary_ += fmt::format(".{:08x}{}", static_cast<std::uint32_t>(random()), ending);
    const int file =
        open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, access == FileAccess::owner ? 0600 : 0666);
    if (file < 0 && errno == EEXIST) continue;
    if (file < 0) fail(errno);
    flock(file, LOCK_EX);
    struct stat mine {};
    // Whoever came before the lock took it for a leftover.
    if (fstat(file, &mine) == 0 && mine.st_nlink == 0) {
      close(file);
      continue;
    }
    if (replaces) fchmod(file, there.st_mode & 07777);
    file_.reset(fdopen(file, "wb"));
    if (file_ == nullptr) fail(errno);
  }
}

AtomicFile::~AtomicFile() {
  std::error_code ignored;
  if (!committed_ && temporary_ != path_) fs::remove(temporary_, ignored);
}

void AtomicFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) fail(errno);
}

void AtomicFile::commit() {
  if (std::fflush(file_.get()) != 0) fail(errno);
  if (temporary_ != path_) {
    if (fsync(fileno(file_.get())) != 0) fail(errno);
    std::error_code error;
    fs::rename(temporary_, path_, error);
    if (error) fail(error.value());
    sync_folder(path_);
  }
  committed_ = true;
  if (std::fclose(file_.release()) != 0) fail(errno);
}

void AtomicFile::fail(int error) const {
  throw std::system_error(error, std::generic_category(), fmt::format("cannot write {}", path_.string()));
}

}  // namespace infodiet::engine
