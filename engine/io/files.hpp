// What readers and writers of weights share. Internal to them.
#pragma once

#include <bit>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

namespace infodiet::engine {

static_assert(std::endian::native == std::endian::little, "weights are stored little-endian and copied as they are");

/// Throws FileError "<path>: <what>".
[[noreturn]] void refuse_file(const std::filesystem::path& path, std::string_view what);

/// Opens a regular file for reading and sets `size` to its size in bytes. Throws FileError.
std::ifstream open_to_read(const std::filesystem::path& path, std::uint64_t& size);

/// Reads exactly `bytes` bytes from `at` on. Throws FileError.
void read_bytes(std::ifstream& file, const std::filesystem::path& path, std::uint64_t at, void* to, std::size_t bytes);

/// The bytes of numbers, as files hold them.
template <class T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}
template <class T>
std::string_view bytes_of(const T& value) {
  return bytes_of(std::span<const T>(&value, 1));
}

/// The number of elements, or throws FileError if it overflows; `what` names the tensor.
std::uint64_t elements_of(const std::filesystem::path& path, std::string_view what, std::span<const std::size_t> shape);

/// "(2, 3)"
std::string shape_text(std::span<const std::size_t> shape);

}  // namespace infodiet::engine
