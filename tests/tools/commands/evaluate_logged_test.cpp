#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/read_file.hpp"
#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

ProgramRun evaluate(const std::string& db, std::vector<std::string> more) {
  more.insert(more.begin(), {"evaluate", "--db", db});
  return infodiet(more);
}

void keep_simulation(const std::string& db, std::vector<std::string> more) {
  more.insert(more.begin(), {"simulate", "--db", db, "--keep", "steps"});
  const ProgramRun run = infodiet(more);
  ASSERT_EQ(run.exit_code, 0) << run.err;
}

/// One slate a session of items that the sample world has: 'article-1' was shown half the time.
std::string log_file(const std::string& more = {}) {
  std::string text = "user,candidates,slate,probability,chosen\n";
  for (int i = 0; i < 120; ++i) {
    text += "reader-" + std::to_string(i % 40 + 1) + ",article-1 article-2,article-" + std::to_string(1 + i % 2) +
            ",0.5," + (i % 3 == 0 ? "article-" + std::to_string(1 + i % 2) : "") + "\n";
  }
  return text + more;
}

TEST(EvaluateLogged, TellsWhatAnotherPolicyWouldHaveEarned) {
  const std::string db = TrainedWorld::get().copy("logged.db");
  keep_simulation(
      db, {"--environment", "drift", "--set", "steps=5", "--policy", "greedy", "--explore", "0.3", "--users", "600"});
  const TemporaryFolder folder;
  const ProgramRun run =
      evaluate(db, {"--logged", "run:1", "--target", "greedy", "--json", "--csv", folder.file("e.csv")});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["logger"], "greedy");
  EXPECT_EQ(result["version"], "explore=0.3");
  EXPECT_EQ(result["slates"], 3000);
  ASSERT_EQ(result["weights"].size(), 5U);
  EXPECT_NEAR(result["weights"][4]["effective"], 600 * 0.2373, 45);  // (1 - .3 + .05)^5
  EXPECT_TRUE(result["refused"].is_null());
  ASSERT_EQ(result["estimates"].size(), 6U);
  EXPECT_EQ(result["estimates"][4]["name"], "dr");
  const json dr = result["estimates"][4];
  EXPECT_LT(dr["low"], dr["value"]);
  EXPECT_NEAR(dr["gain"]["value"].get<double>(), dr["value"].get<double>() - result["earned"]["value"].get<double>(),
              1e-9);
  EXPECT_THAT(result["decision"].get<std::string>(), HasSubstr("by dr"));
  EXPECT_THAT(read_file(folder.file("e.csv")), HasSubstr("estimate,value,low,high,gain,gain_low,gain_high\n\"ips\","));
  EXPECT_EQ(json::parse(evaluate(db, {"--logged", "run:1", "--target", "greedy", "--json"}).out), result);
  const ProgramRun text = evaluate(db, {"--logged", "run:1", "--target", "greedy"});
  EXPECT_THAT(text.out, HasSubstr("effective sessions"));
  EXPECT_THAT(text.out, HasSubstr("off the support"));
}

TEST(EvaluateLogged, RefusesWithWhatItWouldTakeAfterTheWeights) {
  const std::string db = TrainedWorld::get().copy("refused.db");
  keep_simulation(db, {"--environment", "drift", "--set", "steps=6", "--policy", "random,greedy", "--users", "300"});
  const ProgramRun run = evaluate(db, {"--logged", "run:1:random", "--target", "optimum"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("refused: of 300 sessions"));
  EXPECT_THAT(run.err, HasSubstr("it would take"));
  EXPECT_THAT(run.out, HasSubstr("effective sessions"));
  EXPECT_THAT(run.out, HasSubstr("optimum, the model alone"));
  const ProgramRun two = evaluate(db, {"--logged", "run:1", "--target", "optimum"});
  EXPECT_EQ(two.exit_code, 2);
  EXPECT_THAT(two.err, HasSubstr("name one, as in run:1:greedy"));
}

TEST(EvaluateLogged, ReadsAFileAndAnImportedLogAlike) {
  const TemporaryFolder folder;
  const std::string db = TrainedWorld::get().copy("file.db");
  const std::string path = folder.write("shown.csv", log_file());
  const ProgramRun from_file = evaluate(db, {"--logged", path, "--target", "popular", "--json"});
  ASSERT_EQ(from_file.exit_code, 0) << from_file.err;
  const ProgramRun imported = infodiet({"import", "--db", db, "--slates", path, "--json"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_EQ(json::parse(imported.out)["slates"], 120);
  json a = json::parse(from_file.out);
  json b = json::parse(evaluate(db, {"--logged", "log:1", "--target", "popular", "--json"}).out);
  a.erase("logged");
  b.erase("logged");
  EXPECT_EQ(a, b);
  EXPECT_EQ(a["people"], 40);
  const ProgramRun again = infodiet({"export", "--db", db, "--slates", folder.file("back.csv"), "--raw"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  json c = json::parse(evaluate(db, {"--logged", folder.file("back.csv"), "--target", "popular", "--json"}).out);
  c.erase("logged");
  EXPECT_EQ(a["estimates"], c["estimates"]);
  const json info = json::parse(infodiet({"info", "--db", db, "--json"}).out);
  EXPECT_EQ(info["slate_logs"][0]["slates"], 120);
}

TEST(EvaluateLogged, WithoutProbabilitiesNamesTheModel) {
  const TemporaryFolder folder;
  const std::string db = TrainedWorld::get().copy("model.db");
  const std::string path = folder.write(
      "shown.csv",
      "candidates,slate,chosen\narticle-1 article-2,article-1,article-1\narticle-1 article-2,article-2,\n");
  const ProgramRun run = evaluate(db, {"--logged", path, "--target", "random"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("the model alone"));
  EXPECT_THAT(run.err, HasSubstr("lacks the probabilities"));
}

TEST(EvaluateLogged, RefusesBadInputByLine) {
  const TemporaryFolder folder;
  const std::string db = TrainedWorld::get().copy("bad.db");
  const auto refusal = [&](const std::string& row) {
    const ProgramRun run = evaluate(db, {"--logged", folder.write("bad.csv", log_file(row)), "--target", "random"});
    EXPECT_EQ(run.exit_code, 3);
    return run.err;
  };
  EXPECT_THAT(refusal("ann,article-1,article-1,0,\n"), HasSubstr("bad.csv:122: its probability is 0"));
  EXPECT_THAT(refusal("ann,article-1,article-1,1.5,\n"), HasSubstr(":122: its probability is 1.5"));
  EXPECT_THAT(refusal("ann,article-1,article-1,,\n"), HasSubstr(":122: its probability is missing"));
  EXPECT_THAT(refusal("ann,article-1,article-2,.5,\n"), HasSubstr("not among the candidates"));
  EXPECT_THAT(refusal("ann,article-1 nothing,article-1,.5,\n"), HasSubstr("there is no item 'nothing'"));
}

TEST(EvaluateLogged, RefusesWrongUseWithAdvice) {
  const std::string db = TrainedWorld::get().copy("use.db");
  const auto refusal = [&](std::vector<std::string> more, int exit_code) {
    const ProgramRun run = evaluate(db, std::move(more));
    EXPECT_EQ(run.exit_code, exit_code) << run.err;
    return run.err;
  };
  EXPECT_THAT(refusal({"--logged", "run:1"}, 2), HasSubstr("belong together"));
  EXPECT_THAT(refusal({"--target", "random"}, 2), HasSubstr("belong together"));
  EXPECT_THAT(refusal({"--csv", "x.csv"}, 2), HasSubstr("--logged"));
  EXPECT_THAT(refusal({"--logged", "run:1", "--target", "greedi"}, 2), HasSubstr("did you mean 'greedy'?"));
  EXPECT_THAT(refusal({"--logged", "run:7", "--target", "greedy"}, 3), HasSubstr("simulate --keep steps"));
  EXPECT_THAT(refusal({"--logged", "run:x", "--target", "greedy"}, 2), HasSubstr("expected run:N"));
  EXPECT_THAT(refusal({"--logged", "none.csv", "--target", "greedy"}, 3), HasSubstr("none.csv"));
}

}  // namespace
}  // namespace infodiet::test
