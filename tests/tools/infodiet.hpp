// The program under test, for the command-line tests of this folder.
#pragma once

#include <string>
#include <vector>

#include "tests/support/run_program.hpp"

namespace infodiet::test {

/// Runs `infodiet` with these arguments, free of the caller's INFODIET_DB and NO_COLOR.
inline ProgramRun infodiet(std::vector<std::string> arguments, RunOptions options = {}) {
  arguments.insert(arguments.begin(), INFODIET_PROGRAM);
  options.environment.insert(options.environment.begin(),
                             {{"INFODIET_DB", ""}, {"NO_COLOR", ""}, {"COLUMNS", ""}, {"TERM", "xterm"}});
  return run_program(arguments, options);
}

}  // namespace infodiet::test
