// Models of several members, and models that were trained once more with what they were validated on.
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

ProgramRun train_members(const std::string& path, std::vector<std::string> more, RunOptions options = {}) {
  more.insert(more.begin(), {"train", "--db", path, "--set", quick_model, "--epochs", "3"});
  return infodiet(more, std::move(options));
}

json asked(std::vector<std::string> command) {
  command.emplace_back("--json");
  const ProgramRun run = infodiet(command);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return json::parse(run.out, nullptr, false);
}

TEST(TrainMembers, PublishesTheAverageOfModelsWithSeedsInARow) {
  const TemporaryFolder folder;
  const std::string path = untrained_world(folder);
  const std::string single = untrained_world(folder, "single.db");
  ASSERT_EQ(train_members(single, {"--seed", "2"}).exit_code, 0);
  const ProgramRun run = train_members(path, {"--members", "2", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("member 2 of 2, seed 2"));
  const json result = json::parse(run.out);
  EXPECT_EQ(result["members"], 2);
  const auto tensors = published_tensors(path);
  EXPECT_EQ(tensors.at("member2.items.weight"), published_tensors(single).at("items.weight"));
  EXPECT_NE(tensors.at("member2.items.weight"), tensors.at("items.weight"));
  EXPECT_THAT(infodiet({"info", "--db", path}).out, HasSubstr("members 2"));

  const json figures = asked({"evaluate", "--db", path});
  EXPECT_GT(figures["models"].back()["ndcg@10"], 0);
  const json picks = asked({"recommend", "--db", path, "--user", "reader-1"});
  EXPECT_EQ(picks["items"].size(), 10U);
  EXPECT_FALSE(picks["items"][0]["because"].empty());
  const std::string first = picks["items"][0]["item"];
  EXPECT_FALSE(asked({"explain", "--db", path, "--user", "reader-1", "--item", first})["because"].empty());
  EXPECT_FALSE(asked({"similar", "--db", path, "--item", first})["items"].empty());
  EXPECT_EQ(infodiet({"doctor", "--db", path}).exit_code, 0);
  ASSERT_EQ(infodiet({"export", "--db", path, "--npy", folder.file("model")}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder.file("model/items.weight.npy")));
  EXPECT_TRUE(std::filesystem::exists(folder.file("model/member2.items.weight.npy")));
  const ProgramRun weeks = infodiet({"simulate", "--db", path, "--environment", "catalogue", "--weeks", "1", "--policy",
                                     "greedy", "--retrain", "--users", "4", "--set", "candidates=20"});
  EXPECT_EQ(weeks.exit_code, 0) << weeks.err;
  EXPECT_THAT(weeks.err, HasSubstr("averages 2 members: the feeds go by the first"));

  EXPECT_EQ(train_members(path, {"--from-published", "--members", "3"}).exit_code, 2);
  const ProgramRun on = infodiet({"train", "--db", path, "--from-published", "--epochs", "1", "--json"});
  ASSERT_EQ(on.exit_code, 0) << on.err;
  EXPECT_EQ(json::parse(on.out)["members"], 2);
  EXPECT_EQ(infodiet({"forget", "--db", path, "--user", "reader-1"}).exit_code, 0);
  EXPECT_EQ(infodiet({"recommend", "--db", path, "--user", "reader-2"}).exit_code, 0);
}

TEST(TrainMembers, GoOnWhereverTheyAreKilled) {
  const TemporaryFolder folder;
  const std::string whole = untrained_world(folder, "whole.db");
  ASSERT_EQ(train_members(whole, {"--members", "2", "--refit"}).exit_code, 0);
  const std::string path = untrained_world(folder, "killed_members.db");
  std::vector<std::string> options{"--members", "2", "--refit"};
  for (int i = 0; i < 8; ++i) {
    const ProgramRun run = train_members(path, options, {.signal_after = std::chrono::milliseconds(20 + 25 * i)});
    if (i == 0) options.emplace_back("--resume");
    if (run.exit_code != 128 + SIGKILL) break;
  }
  ASSERT_EQ(train_members(path, options).exit_code, 0);
  EXPECT_EQ(published_tensors(path), published_tensors(whole));
  const json stored = asked({"models", "--db", path});
  for (const json& model : stored["models"]) EXPECT_NE(model["state"], "in training") << model;
}

TEST(TrainMembers, OtherMembersAreAnotherTraining) {
  const TemporaryFolder folder;
  const std::string path = untrained_world(folder);
  std::vector<std::string> command{"train", "--db", path, "--set", quick_model + ",patience=100000"};
  command.insert(command.end(), {"--epochs", "100000", "--max-minutes", "0.02"});
  ASSERT_EQ(infodiet(command).exit_code, 0) << "it leaves a checkpoint";
  command.insert(command.end(), {"--members", "2", "--resume"});
  const ProgramRun run = infodiet(command);
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("other data, settings or seed"));
}

TEST(TrainRefit, TrainsOnceMoreWithTheValidationItems) {
  const TemporaryFolder folder;
  const std::string path = untrained_world(folder);
  const ProgramRun run = train_members(path, {"--refit", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["holdout"], "last:refit");
  EXPECT_GT(result["validation"]["ndcg@10"], 0) << "of the model that was validated";
  EXPECT_EQ(result["refit"]["epochs"], json::array({result["best_epoch"]}));
  const json stored = asked({"info", "--db", path})["models"];
  EXPECT_EQ(stored.back()["state"], "published");
  EXPECT_EQ(stored.back()["holdout"], "last:refit");
  EXPECT_FALSE(stored.back()["metrics"].contains("validation"));
  const json& validated = stored[stored.size() - 2];
  EXPECT_EQ(validated["metrics"]["blend"]["weights"], stored.back()["metrics"]["blend"]["weights"]);

  const json refit = asked({"evaluate", "--db", path});
  EXPECT_EQ(refit["refit"], true);
  EXPECT_THAT(infodiet({"evaluate", "--db", path}).out, HasSubstr("train --refit"));
  const std::string id = std::to_string(result["refit"]["validated"].get<int>());
  const json before = asked({"evaluate", "--db", path, "--model", id});
  EXPECT_EQ(before["refit"], false);
  EXPECT_NE(before["models"].back(), refit["models"].back());
  EXPECT_EQ(before["users"], refit["users"]) << "the same cases";

  const ProgramRun on = infodiet({"train", "--db", path, "--from-published", "--holdout", "last:refit"});
  EXPECT_EQ(on.exit_code, 0) << "as the service does: " << on.err;
  EXPECT_EQ(infodiet({"train", "--db", path, "--from-published"}).exit_code, 2) << "it knows the validation items";
}

TEST(TrainRefit, RefusesWhatMakesNoSense) {
  const std::string path = TrainedWorld::get().copy("no_refit.db");
  const auto fails = [&](std::vector<std::string> more, int code, const std::string& saying) {
    const ProgramRun run = train_members(path, std::move(more));
    EXPECT_EQ(run.exit_code, code) << run.err;
    EXPECT_THAT(run.err, HasSubstr(saying));
  };
  fails({"--refit", "--from-published"}, 2, "from scratch");
  fails({"--refit", "--holdout", "none"}, 2, "validation");
  fails({"--refit", "--holdout", "last:refit"}, 2, "validation");
  fails({"--holdout", "none:refit"}, 2, "unknown holdout");
  fails({"--members", "0"}, 2, "--members");
  fails({"--members", "33"}, 2, "--members");
  const TemporaryFolder folder;
  const std::string brief = folder.file("brief.db");
  const std::string rows = folder.write("rows.csv", "user,item,time\na,1,1700000001\na,2,1700000002\nb,1,1700000003\n");
  ASSERT_EQ(infodiet({"import", "--db", brief, rows}).exit_code, 0);
  const ProgramRun run = infodiet({"train", "--db", brief, "--refit"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("nobody has an item to validate on"));
}

}  // namespace
}  // namespace infodiet::test
