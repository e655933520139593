// A trained sample world with a run of every environment, a sweep, weeks and a lesson, made once.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/tools/trained_world.hpp"

namespace infodiet::test {

class ReportedWorld {
 public:
  static const ReportedWorld& get() {
    static const ReportedWorld world;
    return world;
  }
  const std::string& path() const { return path_; }
  std::string copy(const std::string& name) const {
    const std::string to = folder_.file(name);
    std::filesystem::copy_file(path_, to, std::filesystem::copy_options::overwrite_existing);
    return to;
  }
  std::string file(const std::string& name) const { return folder_.file(name); }

 private:
  ReportedWorld() : path_(folder_.file("reported.db")) {
    std::filesystem::copy_file(TrainedWorld::get().path(), path_);
    const std::string small = "steps=6,candidates=12,slate=2";
    simulate({"--environment", "satiation", "--policy", "random,greedy,optimum,agent", "--learn", "--updates", "3",
              "--users", "40"});
    simulate({"--environment", "exploration", "--policy", "random,greedy,optimum", "--users", "40"});
    simulate({"--environment", "choc-kale", "--set", "sensitivity=0.1,resample=1", "--policy", "random,greedy",
              "--users", "20"});
    simulate({"--environment", "catalogue", "--set", small, "--policy", "random,mmr,calibrated", "--users", "60",
              "--reward", "engagement=1,quality=0.5"});
    simulate({"--environment", "catalogue", "--set", small, "--policy", "agent,mmr", "--sweep", "diversity=0:1:0.5",
              "--updates", "2", "--users", "20"});
    simulate({"--environment", "catalogue", "--set", small, "--policy", "greedy", "--weeks", "2", "--retrain",
              "--users", "20"});
    run({"lesson", "--db", path_, "narrowing-feed"});
  }
  void simulate(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"simulate", "--db", path_});
    run(arguments);
  }
  static void run(const std::vector<std::string>& command) {
    const ProgramRun result = infodiet(command);
    if (result.exit_code != 0) throw std::runtime_error(result.err);
  }

  TemporaryFolder folder_;
  std::string path_;
};

}  // namespace infodiet::test
