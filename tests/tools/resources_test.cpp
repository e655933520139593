// What commands do where memory, address space or threads run out: they end with exit code 1 and say what was wanted,
// from whatever point, or go on with less.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>

#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

struct Command {
  std::string name;
  std::vector<std::string> arguments;
};

std::vector<Command> commands(const std::string& db) {
  return {{"info", {"info", "--db", db}},
          {"recommend", {"recommend", "--db", db, "--user", "reader-3", "--json"}},
          {"similar", {"similar", "--db", db, "--item", "article-3"}},
          {"evaluate", {"evaluate", "--db", db, "--json", "--threads", "2"}},
          {"diet", {"diet", "--db", db, "--user", "reader-3", "--json"}},
          {"train", {"train", "--db", db, "--set", quick_model, "--epochs", "1", "--threads", "2"}},
          {"simulate", {"simulate", "--environment", "satiation", "--users", "20", "--policy", "random", "--db", db}},
          {"unknown", {"recommend", "--db", db, "--usr", "reader-3"}}};
}

RunOptions with_faults(std::vector<std::pair<std::string, std::string>> faults) {
  faults.emplace_back("LD_PRELOAD", INFODIET_FAULTS);
  return {.environment = std::move(faults)};
}

long allocations_of(const Command& command, const TemporaryFolder& folder) {
  const std::string file = folder.file("count");
  infodiet(command.arguments, with_faults({{"INFODIET_FAULT_COUNT", file}}));
  long count = 0;
  std::ifstream(file) >> count;
  return count;
}

// Sanitizers bring a runtime of their own for memory, which must come first and takes much of it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// With an allocation failing it did what was asked, or said that it cannot; nothing ended it.
void expect_a_clean_end(const ProgramRun& run, const std::string& what) {
  EXPECT_LT(run.exit_code, 5) << what << ": " << run.err;
  if (run.exit_code != 0) {
    EXPECT_NE(run.err.find("infodiet: "), std::string::npos) << what << " exited with " << run.exit_code;
  }
}

TEST(Resources, AnyFailingAllocationEndsWithASentence) {
  if (sanitized) GTEST_SKIP() << "sanitizers allocate in their own way";
  const bool every = std::getenv("INFODIET_LONG_TESTS") != nullptr;
  const TemporaryFolder folder;
  for (const Command& command : commands(TrainedWorld::get().copy("faults.db"))) {
    const long count = allocations_of(command, folder);
    ASSERT_GT(count, 100) << command.name;
    const long step = every ? 1 : std::max<long>(1, count / 3);
    for (const char* fault : {"INFODIET_FAULT_FROM", "INFODIET_FAULT_AT"}) {
      for (long n = 1; n <= count; n = every || n > 2 ? n + step : n + 1) {
        const std::string what = command.name + " " + fault + "=" + std::to_string(n);
        const ProgramRun run = infodiet(command.arguments, with_faults({{fault, std::to_string(n)}}));
        expect_a_clean_end(run, what);
        if (fault == std::string("INFODIET_FAULT_FROM") && run.exit_code == 1) {
          EXPECT_NE(run.err.find("no memory for"), std::string::npos) << what << ": " << run.err;
        }
      }
    }
  }
}

TEST(Resources, ThreadsThatDoNotStartChangeNothing) {
  if (sanitized) GTEST_SKIP() << "sanitizers start threads in their own way";
  const std::string db = TrainedWorld::get().path();
  const std::vector<std::string> evaluate{"evaluate", "--db", db, "--json", "--threads", "5"};
  const ProgramRun all = infodiet(evaluate);
  const ProgramRun fewer = infodiet(evaluate, with_faults({{"INFODIET_FAULT_THREADS", "1"}}));
  EXPECT_EQ(fewer.exit_code, 0);
  EXPECT_EQ(fewer.out, all.out);
  EXPECT_NE(fewer.err.find("did not start 3 of the threads"), std::string::npos) << fewer.err;
}

/// Runs `infodiet` with so much address space.
ProgramRun within(std::size_t mib, const std::vector<std::string>& arguments) {
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
  const rlimit limit{.rlim_cur = mib << 20, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_AS, &limit);
  const ProgramRun run = infodiet(arguments, {.signal_after = std::chrono::seconds(20)});
  setrlimit(RLIMIT_AS, &before);
  return run;
}

TEST(Resources, LittleAddressSpaceEndsWithASentence) {
  if (sanitized) GTEST_SKIP() << "sanitizers need more address space than this gives";
  const std::string db = TrainedWorld::get().copy("little.db");
  for (const std::size_t mib : {100, 260}) {
    for (const Command& command : commands(db)) {
      const ProgramRun run = within(mib, command.arguments);
      expect_a_clean_end(run, command.name + " in " + std::to_string(mib) + " MiB");
    }
  }
}

}  // namespace
}  // namespace infodiet::test
