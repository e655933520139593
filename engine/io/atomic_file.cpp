#include "engine/io/atomic_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace infodiet::engine {

namespace fs = std::filesystem;

AtomicFile::AtomicFile(const fs::path& path) : path_(path) {
  std::error_code error;
  const fs::file_status status = fs::status(path_, error);
  const bool replaceable = status.type() == fs::file_type::not_found || status.type() == fs::file_type::regular;
  if (status.type() == fs::file_type::regular) path_ = fs::canonical(path_);  // a link keeps pointing at the file
  temporary_ = path_;
  if (replaceable) temporary_ += fmt::format(".{}.part", getpid());
  file_.reset(std::fopen(temporary_.c_str(), replaceable ? "wbx" : "wb"));
  if (file_ == nullptr) fail(errno);
}

AtomicFile::~AtomicFile() {
  file_.reset();
  std::error_code ignored;
  if (!committed_ && temporary_ != path_) fs::remove(temporary_, ignored);
}

void AtomicFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) fail(errno);
}

void AtomicFile::commit() {
  if (std::fclose(file_.release()) != 0) fail(errno);
  if (temporary_ != path_) {
    std::error_code error;
    fs::rename(temporary_, path_, error);
    if (error) fail(error.value());
  }
  committed_ = true;
}

void AtomicFile::fail(int error) const {
  throw std::system_error(error, std::generic_category(), fmt::format("cannot write {}", path_.string()));
}

}  // namespace infodiet::engine
