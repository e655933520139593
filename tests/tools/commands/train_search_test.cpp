#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/temporary_folder.hpp"
#include "tests/tools/published_tensors.hpp"
#include "tests/tools/trained_world.hpp"
#include "tests/tools/untrained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string fixed = "width=16,blocks=1,heads=2,ffn_width=16,batch=8,warmup=5";

ProgramRun search(const std::string& path, std::vector<std::string> more = {}, RunOptions options = {}) {
  more.insert(more.begin(), {"train", "--db", path, "--set", fixed, "--epochs", "6", "--search", "5"});
  return infodiet(more, std::move(options));
}

json searches_of(const std::string& path) {
  return json::parse(infodiet({"info", "--db", path, "--json"}).out)["searches"];
}

TEST(TrainSearch, PublishesTheBestOfItsTrialsAndKeepsAll) {
  const TemporaryFolder folder;
  const std::string path = untrained_world(folder, "search.db");
  const ProgramRun run = search(path, {"--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  const json& trials = result["search"]["trials"];
  ASSERT_EQ(trials.size(), 5U);
  EXPECT_EQ(trials[0]["settings"], "");
  EXPECT_THAT(trials[1]["settings"], HasSubstr("learning_rate="));
  EXPECT_THAT(trials[1]["settings"].get<std::string>(), testing::Not(HasSubstr("width=")));
  std::size_t most = 0;
  for (const json& trial : trials) most = std::max(most, trial["epochs"].get<std::size_t>());
  EXPECT_EQ(result["epochs"], most) << "the published one was trained to the end";
  std::size_t complete = 0;
  for (const json& trial : trials) complete += trial["epochs"] == most ? 1 : 0;
  EXPECT_LT(complete, 5U) << "not all were";
  const json& spread = result["search"]["spread"];
  EXPECT_EQ(spread["trials"], 5);
  EXPECT_EQ(spread["epochs"], 2);
  EXPECT_LE(spread["mean"], spread["maximum"]);
  EXPECT_EQ(searches_of(path), json::array({result["search"]}));
  EXPECT_THAT(infodiet({"info", "--db", path}).out, HasSubstr("5 trials after 2 epochs: mean"));
  for (const json& model : json::parse(infodiet({"models", "--db", path, "--json"}).out)["models"]) {
    EXPECT_NE(model["state"], "in training") << model;
  }
  EXPECT_EQ(infodiet({"doctor", "--db", path}).exit_code, 0);
}

TEST(TrainSearch, GoesOnWhereverItIsKilled) {
  const TemporaryFolder folder;
  const std::string whole = untrained_world(folder, "whole_search.db");
  ASSERT_EQ(search(whole, {"--members", "2"}).exit_code, 0);
  const std::string path = untrained_world(folder, "killed_search.db");
  std::vector<std::string> options{"--members", "2"};
  for (int i = 0; i < 8; ++i) {
    const ProgramRun run = search(path, options, {.signal_after = std::chrono::milliseconds(40 + 40 * i)});
    if (i == 0) options.emplace_back("--resume");
    if (run.exit_code != 128 + SIGKILL) break;
  }
  ASSERT_EQ(search(path, options).exit_code, 0);
  EXPECT_EQ(published_tensors(path), published_tensors(whole));
}

TEST(TrainSearch, PublishesTheBestSoFarWhenTimeIsUp) {
  const TemporaryFolder folder;
  const std::string path = untrained_world(folder, "brief_search.db");
  const std::vector<std::string> command{"train",    "--db",   path,       "--set", fixed + ",patience=1000000",
                                         "--epochs", "100000", "--search", "2",     "--max-minutes",
                                         "0.03",     "--json"};
  const ProgramRun run = infodiet(command);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_GT(result["epochs"], 0);
  EXPECT_TRUE(result["search"]["trials"][1]["ndcg@10"].is_null()) << "there was no time for it";
  std::vector<std::string> on = command;
  on.emplace_back("--resume");
  const ProgramRun resumed = infodiet(on);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("resuming after epoch"));
  EXPECT_EQ(searches_of(path).size(), 1U) << "the same search";
  on[8] = "3";
  const ProgramRun other = infodiet(on);
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_THAT(other.err, HasSubstr("number of trials"));
}

TEST(TrainSearch, RefusesWhatMakesNoSense) {
  const std::string path = TrainedWorld::get().copy("no_search.db");
  const auto fails = [&](std::vector<std::string> more, int code, const std::string& saying) {
    more.insert(more.begin(), {"train", "--db", path});
    const ProgramRun run = infodiet(more);
    EXPECT_EQ(run.exit_code, code) << run.err;
    EXPECT_THAT(run.err, HasSubstr(saying));
  };
  fails({"--search", "1"}, 2, "--search");
  fails({"--search", "4", "--from-published"}, 2, "from scratch");
  fails({"--search", "4", "--holdout", "none"}, 2, "validation");
  fails({"--search", "4", "--max-minutes", "0"}, 1, "allow more time");
  const TemporaryFolder folder;
  const std::string brief = folder.file("brief.db");
  const std::string rows = folder.write("rows.csv", "user,item,time\na,1,1700000001\na,2,1700000002\nb,1,1700000003\n");
  ASSERT_EQ(infodiet({"import", "--db", brief, rows}).exit_code, 0);
  const ProgramRun run = infodiet({"train", "--db", brief, "--search", "4"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("nobody has an item to validate on"));
}

}  // namespace
}  // namespace infodiet::test
