#include "recsys/import/spooled_input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "recsys/errors.hpp"

namespace infodiet::recsys {
namespace {

[[noreturn]] void throw_failed(const std::string& name, const std::string& what) {
  throw DataError(fmt::format("{}: {}: {}", name, what, std::generic_category().message(errno)));
}

int open_nameless_file(const std::string& input) {
  std::error_code error;
  std::string name = (std::filesystem::temp_directory_path(error) / "infodiet-XXXXXX").string();
  const int descriptor = error ? -1 : mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) throw_failed(input, "cannot make a temporary file (TMPDIR names the folder for those)");
  unlink(name.c_str());
  return descriptor;
}

void write_all(const std::string& input, int descriptor, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t count = write(descriptor, data, size);
    if (count < 0 && errno != EINTR) {
      throw_failed(input, "cannot keep it in a temporary file (TMPDIR names another folder for those)");
    }
    if (count > 0) {
      data += count;
      size -= static_cast<std::size_t>(count);
    }
  }
}

}  // namespace

SpooledInput::SpooledInput(const std::string& from, const std::function<bool()>& should_stop)
    : name_(from == "-" ? "standard input" : from), descriptor_(open_nameless_file(name_)) {
  path_ = fmt::format("/proc/self/fd/{}", descriptor_);
  std::vector<char> buffer(std::size_t{1} << 20);
  const int stream = from == "-" ? STDIN_FILENO : open(from.c_str(), O_RDONLY | O_CLOEXEC);
  try {
    if (stream < 0) throw_failed(name_, "cannot be read");
    while (!should_stop()) {
      const ssize_t count = ::read(stream, buffer.data(), buffer.size());
      if (count == 0) break;
      if (count < 0 && errno != EINTR) throw_failed(name_, "cannot be read");
      if (count > 0) write_all(name_, descriptor_, buffer.data(), static_cast<std::size_t>(count));
    }
  } catch (...) {
    if (stream > STDIN_FILENO) close(stream);
    close(descriptor_);
    throw;
  }
  if (stream != STDIN_FILENO) close(stream);
}

SpooledInput::~SpooledInput() {
  close(descriptor_);
}

}  // namespace infodiet::recsys
