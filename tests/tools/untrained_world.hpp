// A small sample world without a model.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/support/temporary_folder.hpp"
#include "tests/tools/infodiet.hpp"

namespace infodiet::test {

/// The path of a new database in `folder`.
inline std::string untrained_world(const TemporaryFolder& folder, const std::string& name = "w.db") {
  const std::string path = folder.file(name);
  EXPECT_EQ(infodiet({"sample", "--db", path, "--users", "60", "--items", "60"}).exit_code, 0);
  return path;
}

}  // namespace infodiet::test
