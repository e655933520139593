#include "engine/io/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace infodiet::engine {

namespace fs = std::filesystem;

AtomicFile::AtomicFile(const fs::path& path, FileAccess access) : path_(path) {
  std::error_code error;
  const fs::file_status status = fs::status(path_, error);
  if (status.type() == fs::file_type::not_found && fs::is_symlink(fs::symlink_status(path_, error))) {
    throw std::system_error(ENOENT, std::generic_category(),
                            fmt::format("cannot write {}, a link that leads nowhere", path_.string()));
  }
  if (status.type() == fs::file_type::regular) path_ = fs::canonical(path_);
  if (status.type() == fs::file_type::not_found || status.type() == fs::file_type::regular) {
    part_.emplace(path_, access);
    const int own = fcntl(part_->descriptor(), F_DUPFD_CLOEXEC, 0);
    if (own >= 0) file_.reset(fdopen(own, "wb"));
  } else {
    file_.reset(std::fopen(path_.c_str(), "wb"));
  }
  if (file_ == nullptr) fail(errno);
}

AtomicFile::~AtomicFile() = default;

void AtomicFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) fail(errno);
}

void AtomicFile::commit() {
  if (std::fclose(file_.release()) != 0) fail(errno);
  if (part_) part_->move_to_place(PartFile::Existing::is_replaced);
}

void AtomicFile::fail(int error) const {
  throw std::system_error(error, std::generic_category(), fmt::format("cannot write {}", path_.string()));
}

void write_file(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace infodiet::engine
