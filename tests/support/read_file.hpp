// What a test finds in a file that was written.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace infodiet::test {

/// All bytes of a file; none where it cannot be read.
inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace infodiet::test
