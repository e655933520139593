// Reads golden values: .npy files of version 1.0 holding little-endian float64 or int64 in C order, which is all that
// tests/golden has. Not for weights or anything from outside the repository.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace infodiet::test {

static_assert(std::endian::native == std::endian::little, "golden files are little-endian and are copied as they are");

/// One array: `values` row-major, int64 converted to double (exact below 2^53); a scalar has an empty shape.
struct NpyArray {
  std::vector<std::size_t> shape;
  std::vector<double> values;

  /// The only value of a scalar.
  double scalar() const { return values.at(0); }
};

/// Reads `path`; throws std::runtime_error naming it when it is absent or not of the form above.
inline NpyArray read_npy(const std::string& path) {
  const auto refuse = [&](const std::string& why) { throw std::runtime_error(path + ": " + why); };
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse("cannot be opened");
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  constexpr std::size_t preamble = 10;  // magic (6), version (2), header length (2)
  if (bytes.size() < preamble || bytes.compare(0, 8, std::string("\x93NUMPY\x01\x00", 8)) != 0) {
    refuse("is not a version 1.0 .npy file");
  }
  std::uint16_t header_size = 0;
  std::memcpy(&header_size, bytes.data() + 8, sizeof(header_size));
  if (bytes.size() < preamble + header_size) refuse("ends within its header");
  const std::string header = bytes.substr(preamble, header_size);

  const std::regex form(R"(\{'descr': '<([fi])8', 'fortran_order': False, 'shape': \(([0-9, ]*)\), \}\s*)");
  std::smatch match;
  if (!std::regex_match(header, match, form)) refuse("is not '<f8' or '<i8' in C order: " + header);

  NpyArray array;
  std::size_t count = 1;
  const std::string shape = match[2];
  const std::regex number("[0-9]+");
  for (auto it = std::sregex_iterator(shape.begin(), shape.end(), number); it != std::sregex_iterator(); ++it) {
    array.shape.push_back(std::stoull(it->str()));
    count *= array.shape.back();
  }
  if (bytes.size() != preamble + header_size + count * 8) refuse("does not hold as many values as its shape says");

  const auto value_at = [&]<class T>(std::size_t i, T value) {
    std::memcpy(&value, bytes.data() + preamble + header_size + 8 * i, sizeof(value));
    return static_cast<double>(value);
  };
  const bool real = match[1] == "f";
  for (std::size_t i = 0; i < count; ++i) {
    array.values.push_back(real ? value_at(i, double{}) : value_at(i, std::int64_t{}));
  }
  return array;
}

/// tests/golden/<which>/<array>.npy
inline NpyArray golden(const std::string& which, const std::string& array) {
  return read_npy((std::filesystem::path(INFODIET_GOLDEN) / which / array).concat(".npy").string());
}

}  // namespace infodiet::test
