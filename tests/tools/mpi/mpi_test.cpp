// Jobs of several processes as mpirun starts them: the files and figures of one process, and what faults come to. More
// processes than processors, so they let each other run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/read_file.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/tools/infodiet.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

using Arguments = std::vector<std::string>;

ProgramRun mpirun(const Arguments& arguments) {
  Arguments command{INFODIET_MPIRUN, "--oversubscribe", "--bind-to", "none"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_program(command, {.environment = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"},
                                               {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"},
                                               // Containers forbid a process to read another's memory.
                                               {"OMPI_MCA_btl_vader_single_copy_mechanism", "none"},
                                               {"INFODIET_DB", ""},
                                               {"NO_COLOR", "1"}}});
}

ProgramRun job(int processes, const Arguments& arguments) {
  Arguments command{"-np", std::to_string(processes), INFODIET_MPI};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return mpirun(command);
}

// A job of two, of which process `faulty` has the fault.
ProgramRun faulty_job(const std::string& fault, int faulty, const Arguments& arguments) {
  Arguments command;
  for (int process = 0; process < 2; ++process) {
    if (process > 0) command.emplace_back(":");
    command.insert(command.end(),
                   {"-np", "1", "-x", "INFODIET_FAULT=" + (process == faulty ? fault : "none"), INFODIET_FAULTY_MPI});
    command.insert(command.end(), arguments.begin(), arguments.end());
  }
  return mpirun(command);
}

class MpiJob : public testing::Test {
 protected:
  MpiJob() : untrained_(folder_.file("untrained.db")) {}

  void SetUp() override { run({"sample", "--db", untrained_, "--users", "60", "--items", "61"}); }

  static std::string run(const Arguments& arguments) {
    const ProgramRun done = infodiet(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.out;
  }

  std::string copy(const std::string& name) const {
    const std::string to = folder_.file(name);
    std::filesystem::copy_file(untrained_, to, std::filesystem::copy_options::overwrite_existing);
    return to;
  }

  static Arguments train(const std::string& path, int epochs = 4, const Arguments& more = {}) {
    Arguments all{"train",
                  "--db",
                  path,
                  "--threads",
                  "1",
                  "--epochs",
                  std::to_string(epochs),
                  "--set",
                  "width=16,blocks=1,ffn_width=16,batch=8,warmup=5,learning_rate=0.01,dropout=0.1"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  // Everything that was learned.
  std::string model_of(const std::string& path) const {
    const std::string file = folder_.file("model.safetensors");
    run({"export", "--db", path, "--safetensors", file});
    return read_file(file);
  }
  static std::string figures_of(const std::string& text) {
    json result = json::parse(text);
    result.erase("seconds");
    return result.dump();
  }

  TemporaryFolder folder_;
  std::string untrained_;
};

TEST_F(MpiJob, TrainsAndEvaluatesAsOneProcessDoes) {
  const std::string alone = copy("alone.db");
  const std::string trained = figures_of(run(train(alone, 4, {"--json"})));
  const std::string evaluated = run({"evaluate", "--db", alone, "--json"});
  const std::string lists = folder_.file("lists.csv");
  run({"export", "--db", alone, "--recommendations", lists});
  for (const int processes : {2, 4, 8}) {
    SCOPED_TRACE(processes);
    const std::string path = copy("job.db");
    const ProgramRun training = job(processes, train(path, 4, {"--json", "--quiet"}));
    ASSERT_EQ(training.exit_code, 0) << training.err;
    EXPECT_EQ(figures_of(training.out), trained);
    EXPECT_EQ(model_of(path), model_of(alone));
    EXPECT_EQ(job(processes, {"evaluate", "--db", path, "--json", "--threads", "2"}).out, evaluated);
  }
  const std::string shared_lists = folder_.file("shared.csv");
  const ProgramRun exported = job(2, {"export", "--db", alone, "--recommendations", shared_lists});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_EQ(read_file(shared_lists), read_file(lists));
}

TEST_F(MpiJob, EndsWhereAProcessDiesAndResumesWithAnotherNumber) {
  const std::string whole = copy("whole.db");
  run(train(whole));
  const std::string path = copy("killed.db");
  const ProgramRun killed = faulty_job("die", 1, train(path));
  EXPECT_EQ(killed.exit_code, 128 + SIGKILL) << killed.err;
  EXPECT_THAT(killed.err, HasSubstr("process rank 1"));
  EXPECT_THAT(run({"doctor", "--db", path}), HasSubstr("is sound"));
  const json models = json::parse(run({"models", "--db", path, "--json"}))["models"];
  ASSERT_EQ(models.size(), 1U) << models;
  EXPECT_EQ(models[0]["state"], "in training") << "nothing is published, and the first epoch is kept";
  const ProgramRun resumed = job(4, train(path, 4, {"--resume"}));
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("resuming after epoch 1"));
  EXPECT_EQ(model_of(path), model_of(whole));
}

TEST_F(MpiJob, KeepsTheBestOnCtrlC) {
  const std::string path = copy("interrupted.db");
  const ProgramRun interrupted = faulty_job("interrupt", 0, train(path, 100000, {"--json"}));
  EXPECT_EQ(interrupted.exit_code, 130) << interrupted.err;
  EXPECT_THAT(interrupted.err, HasSubstr("--resume"));
  EXPECT_EQ(json::parse(interrupted.out)["epochs"], 2);
  EXPECT_FALSE(model_of(path).empty());
}

TEST_F(MpiJob, EndsWithASentenceWhereTheDiskIsFull) {
  const std::string path = copy("full.db");
  const ProgramRun full =
      faulty_job("full", 0, {"train", "--db", path, "--epochs", "1", "--set", "width=128,blocks=2,ffn_width=512"});
  EXPECT_EQ(full.exit_code, 1) << full.err;
  EXPECT_THAT(full.err, HasSubstr("infodiet: "));
  EXPECT_THAT(run({"doctor", "--db", path}), HasSubstr("is sound"));
  EXPECT_EQ(json::parse(run({"models", "--db", path, "--json"}))["models"].size(), 0U);
}

TEST_F(MpiJob, LearnsAndSimulatesAsOneProcessDoes) {
  const Arguments simulate{
      "simulate", "--environment", "choc-kale", "--policy", "random,agent", "--learn", "--updates", "4",
      "--users",  "150",           "--threads", "1",        "--json"};
  const auto stored = [&](const std::string& path, const Arguments& command, int processes) {
    Arguments all = command;
    all.insert(all.end(), {"--db", path});
    const ProgramRun done = processes == 1 ? infodiet(all) : job(processes, all);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    json result = json::parse(done.out);
    result.erase("learning");  // which tells how long it took
    const std::string runs = folder_.file("runs.csv");
    run({"export", "--db", path, "--runs", runs});
    return result.dump() + read_file(runs);
  };
  const std::string one = stored(copy("one.db"), simulate, 1);
  for (const int processes : {2, 8}) EXPECT_EQ(stored(copy("one.db"), simulate, processes), one) << processes;
}

TEST_F(MpiJob, RefusesVersionsThatDiffer) {
  const ProgramRun mixed = faulty_job("version", 1, {"info", "--db", untrained_});
  EXPECT_EQ(mixed.exit_code, 1) << mixed.err;
  EXPECT_EQ(mixed.out, "");
  EXPECT_THAT(mixed.err, HasSubstr("process 1"));
  EXPECT_THAT(mixed.err, HasSubstr("infodiet 0.0.0"));
  EXPECT_THAT(mixed.err, HasSubstr("install the same version"));
}

TEST_F(MpiJob, GivesTheCodesAndMessagesOfOneProcess) {
  const ProgramRun none = job(2, {"train", "--db", folder_.file("missing.db")});
  const ProgramRun alone = infodiet({"train", "--db", folder_.file("missing.db")});
  EXPECT_EQ(none.exit_code, alone.exit_code);
  EXPECT_THAT(none.err, HasSubstr(alone.err.substr(0, alone.err.find('\n'))));
  EXPECT_EQ(job(2, {"trian"}).exit_code, 2);
}

TEST_F(MpiJob, DoctorShowsItsProcesses) {
  const ProgramRun done = job(3, {"doctor", "--db", untrained_, "--threads", "2", "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const json processes = json::parse(done.out)["processes"];
  ASSERT_EQ(processes.size(), 3U);
  EXPECT_TRUE(processes[0]["latency_us"].is_null());
  for (std::size_t p = 0; p < 3; ++p) {
    EXPECT_EQ(processes[p]["threads"], 2);
    EXPECT_EQ(processes[p]["version"], processes[0]["version"]);
    EXPECT_NE(processes[p]["host"], "");
    EXPECT_TRUE(p == 0 || processes[p]["mb_per_second"] > 0);
  }
  EXPECT_THAT(job(2, {"doctor", "--db", untrained_}).out, HasSubstr("MB/s"));
}

}  // namespace
}  // namespace infodiet::test
