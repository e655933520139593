#include "engine/io/files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <system_error>

#include "engine/errors.hpp"

namespace infodiet::engine {

void refuse_file(const std::filesystem::path& path, std::string_view what) {
  throw FileError(fmt::format("{}: {}", path.string(), what));
}

std::ifstream open_to_read(const std::filesystem::path& path, std::uint64_t& size) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    refuse_file(path, error ? error.message() : "is not a file: give the path of a file of weights");
  }
  size = std::filesystem::file_size(path, error);
  if (error) refuse_file(path, error.message());
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse_file(path, fmt::format("cannot be opened: {}", std::generic_category().message(errno)));
  return file;
}

void read_bytes(std::ifstream& file, const std::filesystem::path& path, std::uint64_t at, void* to, std::size_t bytes) {
  file.clear();
  file.seekg(static_cast<std::streamoff>(at));
  file.read(static_cast<char*>(to), static_cast<std::streamsize>(bytes));
  if (!file) refuse_file(path, fmt::format("ends before byte {}: it was changed while being read", at + bytes));
}

std::uint64_t elements_of(const std::filesystem::path& path, std::string_view what,
                          std::span<const std::size_t> shape) {
  // Even at 8 bytes an element the size in bytes must not overflow.
  constexpr std::uint64_t most = std::uint64_t{1} << 60;
  std::uint64_t elements = 1;
  for (const std::size_t extent : shape) {
    if (extent == 0) return 0;
    if (elements > most / extent) {
      refuse_file(path, fmt::format("{} has shape {}, more elements than any file can hold", what, shape_text(shape)));
    }
    elements *= extent;
  }
  return elements;
}

std::string shape_text(std::span<const std::size_t> shape) {
  return fmt::format("({})", fmt::join(shape, ", "));
}

}  // namespace infodiet::engine
