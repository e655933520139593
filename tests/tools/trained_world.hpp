// A sample world with a small trained model, made once for all tests of a program.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/temporary_folder.hpp"
#include "tests/tools/infodiet.hpp"

namespace infodiet::test {

/// Settings of a model that trains in a moment.
inline const std::string quick_model = "width=16,blocks=1,ffn_width=16,batch=8,warmup=5,learning_rate=0.01,dropout=0.1";

class TrainedWorld {
 public:
  static const TrainedWorld& get() {
    static const TrainedWorld world;
    return world;
  }
  const std::string& path() const { return path_; }
  /// A copy of the database to change, in a folder that lives as long as this.
  std::string copy(const std::string& name) const {
    const std::string to = folder_.file(name);
    std::filesystem::copy_file(path_, to, std::filesystem::copy_options::overwrite_existing);
    return to;
  }

 private:
  TrainedWorld() : path_(folder_.file("world.db")) {
    run({"sample", "--db", path_, "--users", "60", "--items", "60"});
    run({"train", "--db", path_, "--set", quick_model, "--epochs", "6"});
  }
  static void run(const std::vector<std::string>& arguments) {
    const ProgramRun result = infodiet(arguments);
    if (result.exit_code != 0) throw std::runtime_error(result.err);
  }

  TemporaryFolder folder_;
  std::string path_;
};

}  // namespace infodiet::test
