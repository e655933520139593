// Bytes as a file, for readers that want a path.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/temporary_folder.hpp"

namespace infodiet::test {

/// The path of a file with these bytes, the same file each time.
inline std::string file_of(std::string_view bytes, std::string_view name) {
  static const TemporaryFolder folder;
  return folder.write(name, bytes);
}

}  // namespace infodiet::test
