// Databases as older versions of the schema were written, from the dumps in tests/golden/schema.
#pragma once

#include <sqlite3.h>

#include <stdexcept>
#include <string>

#include "tests/support/read_file.hpp"

namespace infodiet::test {

inline void make_old_file(const std::string& path, int version) {
  const std::string dump =
      read_file(std::string(INFODIET_GOLDEN) + "/schema/version_" + std::to_string(version) + ".sql");
  sqlite3* file = nullptr;
  int code = sqlite3_open(path.c_str(), &file);
  if (code == SQLITE_OK) code = sqlite3_exec(file, dump.c_str(), nullptr, nullptr, nullptr);
  const std::string message = sqlite3_errmsg(file);
  sqlite3_close(file);
  if (code != SQLITE_OK) throw std::runtime_error(message);
}

}  // namespace infodiet::test
