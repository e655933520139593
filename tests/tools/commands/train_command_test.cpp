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

std::vector<std::string> train_command(const std::string& path, std::vector<std::string> more = {}) {
  std::vector<std::string> command = {"train", "--db", path, "--set", quick_model, "--epochs", "4"};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

const std::string nothing_learned = ",learning_rate=1e-9,neighbours=none,linear=none,markov=none,recent=none";

TEST(TrainCommand, SaysWhatItPublished) {
  const TemporaryFolder folder;
  const std::string path = untrained_world(folder);
  const ProgramRun run = infodiet(train_command(path, {"--json"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["model"], "attention");
  EXPECT_EQ(result["epochs"], 4);
  EXPECT_GT(result["seconds"], 0);
  EXPECT_GT(result["validation"]["ndcg@10"], 0);
  EXPECT_EQ(result["configuration"]["width"], 16);
  EXPECT_THAT(run.err, HasSubstr("validation NDCG@10"));
  const json info = json::parse(infodiet({"info", "--db", path, "--json"}).out);
  EXPECT_EQ(info["models"].size(), 1U);
}

TEST(TrainCommand, GivesTheSameTensorsForAnyNumberOfThreads) {
  const TemporaryFolder folder;
  const std::string one = untrained_world(folder, "1.db");
  const std::string two = untrained_world(folder, "2.db");
  ASSERT_EQ(infodiet(train_command(one, {"--threads", "1"})).exit_code, 0);
  ASSERT_EQ(infodiet(train_command(two, {"--threads", "2"})).exit_code, 0);
  EXPECT_EQ(published_tensors(one), published_tensors(two));
  const std::string other = untrained_world(folder, "3.db");
  ASSERT_EQ(infodiet(train_command(other, {"--seed", "2"})).exit_code, 0);
  EXPECT_NE(published_tensors(one), published_tensors(other));
}

TEST(TrainCommand, SurvivesBeingKilledAtAnyTime) {
  const TemporaryFolder folder;
  const std::string whole = untrained_world(folder, "whole.db");
  ASSERT_EQ(infodiet(train_command(whole)).exit_code, 0);
  const std::string path = TrainedWorld::get().copy("killed.db");
  const std::map<std::string, std::vector<float>> published = published_tensors(path);
  int killed = 0;
  for (int i = 0; i < 20; ++i) {
    const ProgramRun run =
        infodiet(train_command(path, i == 0 ? std::vector<std::string>{} : std::vector<std::string>{"--resume"}),
                 {.signal_after = std::chrono::milliseconds(5 + 9 * (i % 7))});
    if (run.exit_code != 128 + SIGKILL) {
      EXPECT_EQ(run.exit_code, 0) << run.err;
      break;  // it finished, resumed from where it was killed
    }
    ++killed;
    const recsys::Database db(path, recsys::OpenMode::read_only);
    recsys::Statement check = db.prepare("PRAGMA integrity_check");
    ASSERT_TRUE(check.step());
    EXPECT_EQ(check.text(0), "ok");
    // The kill may come after the new model is published and before the program ends.
    const std::map<std::string, std::vector<float>> now = published_tensors(path);
    EXPECT_TRUE(now == published || now == published_tensors(whole));
    EXPECT_EQ(infodiet({"recommend", "--db", path, "--user", "reader-1"}).exit_code, 0);
  }
  EXPECT_GT(killed, 0);
  ASSERT_EQ(infodiet(train_command(path, {"--resume"})).exit_code, 0);
  EXPECT_EQ(published_tensors(path), published_tensors(whole)) << "resuming must lead to the same bits";
}

TEST(TrainCommand, KeepsTheBestOnCtrlC) {
  const TemporaryFolder folder;
  const std::string path = untrained_world(folder);
  const ProgramRun run =
      infodiet({"train", "--db", path, "--set", quick_model + ",patience=100000", "--epochs", "100000"},
               {.signal_after = std::chrono::milliseconds(1500), .signal = SIGINT});
  EXPECT_EQ(run.exit_code, 130) << run.err;
  EXPECT_THAT(run.err, HasSubstr("--resume"));
  EXPECT_FALSE(published_tensors(path).empty());
}

TEST(TrainCommand, RefusesWhatMakesNoSense) {
  const std::string& path = TrainedWorld::get().path();
  const auto fails = [&](std::vector<std::string> more, int code, const std::string& saying) {
    std::vector<std::string> command = {"train", "--db", path};
    command.insert(command.end(), more.begin(), more.end());
    const ProgramRun run = infodiet(command);
    EXPECT_EQ(run.exit_code, code) << run.err;
    EXPECT_THAT(run.err, HasSubstr(saying));
  };
  fails({"--holdout", "some"}, 2, "temporal:");
  fails({"--set", "depth=3"}, 2, "expected one of width");
  fails({"--set", "widht=3"}, 2, "did you mean 'width'?");
  fails({"--set", "width"}, 2, "name=value");
  fails({"--set", "width=0"}, 2, "--set: width");
  fails({"--set", "dropout=1"}, 2, "--set: dropout");
  fails({"--set", "block=round"}, 2, "expected one of pre_norm, post_norm, gated, hstu");
  fails({"--set", "temperature=-1"}, 2, "--set: temperature");
  fails({"--set", "loss=bce,negatives=0"}, 2, "negatives=1");
  fails({"--set", "width=10,heads=3"}, 1, "heads");
  fails({"--model", "popularity"}, 2, "attention");
  fails({"--epochs", "0"}, 2, "--epochs");
  fails({"--max-minutes", "-1"}, 2, "--max-minutes");
  fails({"--max-minutes", "0"}, 1, "allow more time");
}

TEST(TrainCommand, TrainsOnEverythingForTheEpochsThatValidationChose) {
  const std::string path = TrainedWorld::get().copy("everything.db");
  const json before = json::parse(infodiet({"info", "--db", path, "--json"}).out)["models"][0]["metrics"];
  const ProgramRun run = infodiet({"train", "--db", path, "--set", quick_model, "--holdout", "none", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["epochs"], before["best_epoch"]);
  EXPECT_TRUE(result["validation"].is_null());
  const ProgramRun refused = infodiet({"evaluate", "--db", path});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("trained with --holdout none"));
}

TEST(TrainCommand, TakesInWhatCameAfterTrainingWithoutTrainingAgain) {
  const std::string path = TrainedWorld::get().copy("live.db");
  const auto picks_of = [&](const std::string& user) {
    return json::parse(infodiet({"recommend", "--db", path, "--user", user, "-k", "1000", "--json"}).out);
  };
  const json before = picks_of("reader-1");
  const TemporaryFolder folder;
  const std::string more = folder.write("more.csv",
                                        "user_id,item_id,timestamp\nreader-1,new-item,4000000000\n"
                                        "newcomer,article-2,4000000000\nnewcomer,article-3,4000000001\n");
  ASSERT_EQ(infodiet({"import", "--db", path, more}).exit_code, 0);
  EXPECT_NE(picks_of("reader-1")["items"][0]["score"], before["items"][0]["score"]) << "the history has changed";
  EXPECT_THAT(picks_of("reader-2")["items"].dump(), HasSubstr("new-item"));
  EXPECT_EQ(picks_of("newcomer")["model"], "attention");
}

TEST(TrainCommand, GoesOnFromThePublishedModel) {
  const std::string path = TrainedWorld::get().copy("on.db");
  const TemporaryFolder folder;
  const std::string more = folder.write("more.csv", "user_id,item_id,timestamp\nreader-1,article-2,4000000000\n");
  ASSERT_EQ(infodiet({"import", "--db", path, more}).exit_code, 0);
  const json before = json::parse(infodiet({"info", "--db", path, "--json"}).out)["models"];
  const ProgramRun run = infodiet({"train", "--db", path, "--from-published", "--epochs", "1", "--set",
                                   "batch=8,learning_rate=0.000001,warmup=1", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["configuration"]["width"], 16) << "the published model's, not the default";
  // With a tiny learning rate it is still as good as it was.
  EXPECT_NEAR(result["validation"]["ndcg@10"].get<double>(),
              before[0]["metrics"]["validation"]["ndcg@10"].get<double>(), 0.05);
  const auto fails = [&](std::vector<std::string> with, int code, const std::string& saying) {
    with.insert(with.begin(), {"train", "--db", path, "--from-published"});
    const ProgramRun refused = infodiet(with);
    EXPECT_EQ(refused.exit_code, code) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(saying));
  };
  fails({"--set", "width=32"}, 2, "--from-published");
  fails({"--holdout", "none"}, 2, "--holdout last");
}

TEST(TrainCommand, MendsAPublishedModelThatCannotBeRead) {
  const std::string path = TrainedWorld::get().copy("unreadable.db");
  recsys::Database(path, recsys::OpenMode::read_write).execute("UPDATE models SET configuration = '{}'");
  EXPECT_EQ(infodiet({"recommend", "--db", path, "--user", "reader-1"}).exit_code, 4);
  EXPECT_EQ(infodiet({"train", "--db", path, "--from-published"}).exit_code, 4);
  EXPECT_EQ(infodiet(train_command(path)).exit_code, 0);
  EXPECT_EQ(infodiet({"recommend", "--db", path, "--user", "reader-1"}).exit_code, 0);
}

TEST(TrainCommand, NeedsSomethingToLearnFrom) {
  const TemporaryFolder folder;
  const std::string path = folder.file("empty.db");
  { const recsys::Database db(path, recsys::OpenMode::create); }
  const ProgramRun run = infodiet({"train", "--db", path});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("no interactions"));
}

std::int64_t published_id(const std::string& path) {
  const json stored = json::parse(infodiet({"models", "--db", path, "--json"}).out);
  for (const json& model : stored["models"]) {
    if (model["state"] == "published") return model["id"];
  }
  return 0;
}

TEST(TrainCommand, UnderstandsTheNamesOfEarlierVersions) {
  const std::string path = TrainedWorld::get().copy("former.db");
  const std::string former = "width=16,blocks=1,hidden=16,places=ignored,distances=4,rate=0.01,decline=none,clip=3";
  const ProgramRun run = infodiet({"train", "--db", path, "--set", former, "--epochs", "1"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("rate is called learning_rate now"), HasSubstr("learning_rate=0.01"),
                             HasSubstr("ffn_width=16"), HasSubstr("positions=ignored"), HasSubstr("relative_buckets=4"),
                             HasSubstr("lr_schedule=none"), HasSubstr("max_grad_norm=3")));
}

TEST(TrainCommand, EvaluateNamesTheKeptModelOfWhatIsStoredNow) {
  const std::string path = TrainedWorld::get().copy("newer.db");
  const TemporaryFolder folder;
  const std::string more = folder.write("more.csv", "user,item,time\nreader-1,article-5,1800000000\n");
  ASSERT_EQ(infodiet({"import", more, "--db", path}).exit_code, 0);
  EXPECT_THAT(infodiet({"evaluate", "--db", path}).err, HasSubstr("run 'infodiet train' again"));
  const ProgramRun run =
      infodiet({"train", "--db", path, "--set", quick_model + nothing_learned, "--epochs", "1", "--json"});
  const json result = json::parse(run.out);
  ASSERT_EQ(result["published"], false) << run.out;
  const std::string kept = std::to_string(result["id"].get<int>());
  const ProgramRun refused = infodiet({"evaluate", "--db", path});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("--model " + kept));
  EXPECT_EQ(infodiet({"evaluate", "--db", path, "--model", kept}).exit_code, 0);
}

TEST(TrainCommand, PublishesNoModelThatIsMeasurablyWorse) {
  const std::string path = TrainedWorld::get().copy("worse.db");
  const std::int64_t before = published_id(path);
  const std::vector<std::string> worse{"train", "--db", path, "--set", quick_model + nothing_learned, "--epochs", "1"};
  std::vector<std::string> as_json = worse;
  as_json.emplace_back("--json");
  const ProgramRun run = infodiet(as_json);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["published"], false);
  EXPECT_EQ(result["comparison"]["with"], before);
  EXPECT_EQ(result["comparison"]["cases"], 60);
  EXPECT_LT(result["comparison"]["new"], result["comparison"]["published"]);
  EXPECT_EQ(published_id(path), before);
  EXPECT_THAT(infodiet(worse).out, HasSubstr("infodiet models publish "));

  const std::string kept = std::to_string(result["id"].get<int>());
  const auto score = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"recommend", "--db", path, "--user", "reader-1", "-k", "1", "--json"});
    return json::parse(infodiet(more).out)["items"][0]["score"];
  };
  EXPECT_NE(score({"--model", kept}), score({})) << "each answers for itself";
  EXPECT_EQ(score({"--model", std::to_string(before)}), score({}));
  const json judged = json::parse(infodiet({"evaluate", "--db", path, "--model", kept, "--json"}).out);
  EXPECT_LT(judged["models"].back()["ndcg@10"],
            json::parse(infodiet({"evaluate", "--db", path, "--json"}).out)["models"].back()["ndcg@10"]);
  EXPECT_EQ(infodiet({"explain", "--db", path, "--user", "reader-1", "--item", "article-3", "--model", kept}).exit_code,
            0);
  EXPECT_EQ(infodiet({"recommend", "--db", path, "--user", "reader-1", "--model", "999"}).exit_code, 3);
  EXPECT_EQ(infodiet({"models", "publish", kept, "--db", path}).exit_code, 0);
  EXPECT_EQ(published_id(path), result["id"]);
  EXPECT_EQ(infodiet({"models", "pin", std::to_string(before), "--db", path}).exit_code, 0);
  EXPECT_EQ(infodiet({"models", "remove", kept, "--db", path}).exit_code, 0);
  EXPECT_EQ(published_id(path), 0);
  EXPECT_THAT(infodiet({"models", "--db", path}).out, HasSubstr("pinned"));
  EXPECT_EQ(infodiet({"models", "publish", kept, "--db", path}).exit_code, 3);
  EXPECT_EQ(infodiet({"models", "publish", "--db", path}).exit_code, 2);
  EXPECT_EQ(infodiet({"models", "burn", kept, "--db", path}).exit_code, 2);
}

TEST(EvaluateCommand, AsksForWhatCameInSinceTheModelWasTrained) {
  const std::string path = TrainedWorld::get().copy("next.db");
  EXPECT_EQ(infodiet({"evaluate", "--db", path, "--next"}).exit_code, 3) << "nothing came in yet";
  const TemporaryFolder folder;
  const json known = json::parse(infodiet({"recommend", "--db", path, "--user", "reader-1", "--json"}).out);
  const std::string novel = known["items"][0]["item"];
  const std::string more =
      folder.write("more.csv", "user,item,timestamp\nreader-1," + novel + ",4000000000\nreader-1," + novel +
                                   ",4000000001\nnewcomer,article-2,4000000000\n");
  ASSERT_EQ(infodiet({"import", "--db", path, more}).exit_code, 0);
  const ProgramRun run = infodiet({"evaluate", "--db", path, "--next", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["protocol"], "next");
  EXPECT_EQ(result["users"], 1);
  EXPECT_EQ(result["next"], (json{{"asked", 1}, {"repeated", 1}, {"newcomers", 1}, {"other_events", 0}}));
  EXPECT_EQ(result["models"].back()["hr@10"], 1) << "it was the model's first choice before it came in";
  EXPECT_THAT(infodiet({"evaluate", "--db", path, "--next"}).out, HasSubstr("1 new pairs"));
}

}  // namespace
}  // namespace infodiet::test
