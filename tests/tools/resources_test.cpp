// Commands that run out of memory, address space or threads exit with code 1 and say what was missing, at any point, or
// continue with less.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/attack.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

struct Command {
  std::string name;
  std::vector<std::string> arguments;
  bool goes_on = false;  ///< until it is told to end
};

std::vector<Command> commands(const std::string& db, const std::string& log) {
  return {{"info", {"info", "--db", db}},
          {"recommend", {"recommend", "--db", db, "--user", "reader-3", "--json"}},
          {"similar", {"similar", "--db", db, "--item", "article-3"}},
          {"evaluate", {"evaluate", "--db", db, "--json", "--threads", "2"}},
          {"diet", {"diet", "--db", db, "--user", "reader-3", "--json"}},
          {"train", {"train", "--db", db, "--set", quick_model, "--epochs", "1", "--threads", "2"}},
          {"simulate", {"simulate", "--environment", "satiation", "--users", "20", "--policy", "random", "--db", db}},
          {"import", {"import", log, "--db", db}},
          {"import, first", {"import", log, "--db", db + ".new"}},
          {"serve", {"serve", "--db", db, "--port", "0", "--threads", "3"}, true},
          {"unknown", {"recommend", "--db", db, "--usr", "reader-3"}}};
}

// New rows for each run, since importing the same rows twice does nothing.
std::string log_in(const TemporaryFolder& folder) {
  return folder.write("log.csv",
                      "user,item,time\nann,article-1,1700000000\nann,article-2,1700000060\nbob,new,1700000120\n");
}

ProgramRun run_command(const Command& command, std::vector<std::pair<std::string, std::string>> faults) {
  faults.emplace_back("LD_PRELOAD", INFODIET_FAULTS);
  RunOptions options{.environment = std::move(faults)};
  if (command.goes_on) options.signal_after = std::chrono::seconds(1);
  options.signal = SIGTERM;
  return infodiet(command.arguments, options);
}

long allocations_of(const Command& command, const TemporaryFolder& folder) {
  const std::string file = folder.file("count");
  run_command(command, {{"INFODIET_FAULT_COUNT", file}});
  long count = 0;
  std::ifstream(file) >> count;
  return count;
}

/// With a failing allocation a command succeeds or reports an error; it does not crash.
void expect_a_clean_end(const ProgramRun& run, const std::string& what) {
  EXPECT_LT(run.exit_code, 5) << what << ": " << run.err;
  if (run.exit_code != 0) {
    EXPECT_NE(run.err.find("infodiet: "), std::string::npos) << what << " exited with " << run.exit_code;
  }
}

TEST(Resources, AnyFailingAllocationEndsWithASentence) {
  if (sanitized) GTEST_SKIP() << "sanitizers allocate in their own way";
  const TemporaryFolder folder;
  const std::vector<Command> all = commands(TrainedWorld::get().copy("faults.db"), log_in(folder));
  // Of each command and kind of fault: the first two, and from there on so many, evenly spread.
  const long spread = attacks_asked("INFODIET_ALLOCATIONS", 0) / static_cast<long>(2 * all.size()) + 2;
  long failed = 0;
  for (const Command& command : all) {
    const long count = allocations_of(command, folder);
    ASSERT_GT(count, 100) << command.name;
    const long step = std::max<long>(1, count / spread);
    for (const char* fault : {"INFODIET_FAULT_FROM", "INFODIET_FAULT_AT"}) {
      for (long n = 1; n <= count; n = n > 2 ? n + step : n + 1) {
        const std::string what = command.name + " " + fault + "=" + std::to_string(n);
        const ProgramRun run = run_command(command, {{fault, std::to_string(n)}});
        ++failed;
        expect_a_clean_end(run, what);
        if (fault == std::string("INFODIET_FAULT_FROM") && run.exit_code == 1) {
          EXPECT_NE(run.err.find("no memory for"), std::string::npos) << what << ": " << run.err;
        }
      }
    }
  }
  tell_of_attack(std::to_string(failed) + " allocations failed");
}

TEST(Resources, AServiceThatCannotSayItsPortEnds) {
  const std::string db = TrainedWorld::get().path();
  const ProgramRun run = run_program({"sh", "-c", INFODIET_PROGRAM " serve --port 0 --db '" + db + "' > /dev/full"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("standard output"), std::string::npos) << run.err;
}

TEST(Resources, ThreadsThatDoNotStartChangeNothing) {
  if (sanitized) GTEST_SKIP() << "sanitizers start threads in their own way";
  const std::string db = TrainedWorld::get().path();
  const std::vector<std::string> evaluate{"evaluate", "--db", db, "--json", "--threads", "5"};
  const ProgramRun all = infodiet(evaluate);
  const ProgramRun fewer = run_command({"evaluate", evaluate}, {{"INFODIET_FAULT_THREADS", "1"}});
  EXPECT_EQ(fewer.exit_code, 0);
  EXPECT_EQ(fewer.out, all.out);
  EXPECT_NE(fewer.err.find("did not start 3 of the requested threads"), std::string::npos) << fewer.err;
}

TEST(Resources, AnyNumberOfThreadsMayNotStart) {
  if (sanitized) GTEST_SKIP() << "sanitizers start threads in their own way";
  const TemporaryFolder folder;
  for (const Command& command : commands(TrainedWorld::get().copy("threads.db"), log_in(folder))) {
    if (command.name != "train" && command.name != "recommend" && command.name != "serve") continue;
    for (int started = 0; started < 10; ++started) {
      const ProgramRun run = run_command(command, {{"INFODIET_FAULT_THREADS", std::to_string(started)}});
      const std::string what = command.name + " with " + std::to_string(started) + " threads";
      expect_a_clean_end(run, what);
      if (run.exit_code != 0) {
        EXPECT_NE(run.err.find("ulimit -u"), std::string::npos) << what << ": " << run.err;
      }
    }
  }
}

TEST(Resources, ThreadsAreThoseAskedForOrRefused) {
  const std::vector<std::string> recommend{"recommend", "--db",     TrainedWorld::get().path(), "--user", "reader-3",
                                           "--json",    "--threads"};
  const auto with = [&](const std::string& threads) {
    std::vector<std::string> arguments = recommend;
    arguments.push_back(threads);
    return infodiet(arguments);
  };
  const ProgramRun one = with("1");
  EXPECT_EQ(one.exit_code, 0) << one.err;
  EXPECT_EQ(with("0").out, one.out);
  for (const char* threads : {"1000000", "99999999999999999999", "-1"}) {
    const ProgramRun refused = with(threads);
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_NE(refused.err.find("--threads: expected a whole number from 0 to 1024"), std::string::npos) << refused.err;
  }
}

/// Runs `infodiet` with so many bytes of a resource.
ProgramRun within(__rlimit_resource resource, rlim_t bytes, const std::vector<std::string>& arguments) {
  rlimit before{};
  getrlimit(resource, &before);
  const rlimit limit{.rlim_cur = bytes, .rlim_max = before.rlim_max};
  setrlimit(resource, &limit);
  const ProgramRun run = infodiet(arguments, {.signal_after = std::chrono::minutes(3)});
  setrlimit(resource, &before);
  return run;
}

// As on a full disk: files cannot grow.
TEST(Resources, FilesAtTheirLimitEndWithASentenceAndStayAsTheyWere) {
  const TemporaryFolder folder;
  const std::string db = TrainedWorld::get().copy("full.db");
  std::string log = "user,item\n";
  for (int i = 0; i < 50'000; ++i) log += std::to_string(i % 999) + ",some-item-" + std::to_string(i) + "\n";
  const std::vector<std::vector<std::string>> writing{
      {"import", folder.write("long.csv", log), "--db", db},
      {"sample", "--db", folder.file("new.db"), "--users", "2000"},
      {"report", "--db", db, "-o", folder.file("report.html")},
      {"train", "--db", db, "--epochs", "1", "--set", "width=128,blocks=2,ffn_width=512"}};
  for (const std::vector<std::string>& arguments : writing) {
    const ProgramRun run = within(RLIMIT_FSIZE, rlim_t{400} << 10, arguments);
    EXPECT_EQ(run.exit_code, 1) << arguments.front() << ": " << run.err;
    EXPECT_NE(run.err.find("infodiet: "), std::string::npos);
    EXPECT_EQ(infodiet({"doctor", "--db", db}).exit_code, 0) << arguments.front();
  }
  EXPECT_FALSE(std::filesystem::exists(folder.file("new.db")));
  EXPECT_FALSE(std::filesystem::exists(folder.file("report.html")));
}

TEST(Resources, LittleAddressSpaceEndsWithASentence) {
  if (sanitized) GTEST_SKIP() << "sanitizers need more address space than this gives";
  const std::string db = TrainedWorld::get().copy("little.db");
  const TemporaryFolder folder;
  for (const std::size_t mib : {100, 260}) {
    for (const Command& command : commands(db, log_in(folder))) {
      if (command.goes_on) continue;
      const ProgramRun run = within(RLIMIT_AS, rlim_t{mib} << 20, command.arguments);
      expect_a_clean_end(run, command.name + " in " + std::to_string(mib) + " MiB");
    }
  }
}

// OpenBLAS retries forever if another thread takes the memory that it wants to map.
TEST(Resources, ThreadsDoNotTakeTheMemoryOfProductsFromEachOther) {
  if (sanitized) GTEST_SKIP() << "sanitizers need more address space than this gives";
  const std::string db = TrainedWorld::get().path();
  const std::vector<std::string> recommend{"recommend", "--db", db, "--user", "reader-3", "--threads", "2"};
  const ProgramRun all = infodiet(recommend);
  std::size_t successes = 0;
  for (rlim_t mib = 196; mib <= 420; mib += 7) {
    const ProgramRun run = within(RLIMIT_AS, mib << 20, recommend);
    expect_a_clean_end(run, std::to_string(mib) + " MiB");
    if (run.exit_code != 0) continue;
    EXPECT_EQ(run.out, all.out) << mib << " MiB";
    ++successes;
  }
  EXPECT_GT(successes, 0U);
}

}  // namespace
}  // namespace infodiet::test
