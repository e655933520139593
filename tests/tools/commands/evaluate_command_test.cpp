#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/tools/trained_world.hpp"
#include "tests/tools/untrained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(EvaluateCommand, SetsAllModelsSideBySide) {
  const ProgramRun run = infodiet({"evaluate", "--db", TrainedWorld::get().path(), "--json", "--k", "1,10"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["protocol"], "leave-one-out");
  EXPECT_EQ(result["users"], 60);
  EXPECT_EQ(result["items"], 60);
  std::vector<std::string> names;
  for (const json& model : result["models"]) {
    names.push_back(model["name"]);
    for (const char* key : {"hr@1", "hr@10", "ndcg@10", "mrr@10", "recall@10", "map@10", "precision@10"}) {
      EXPECT_GE(model[key], 0) << key;
      EXPECT_LE(model[key], 1) << key;
    }
    EXPECT_LE(model["hr@1"], model["hr@10"]);
    EXPECT_DOUBLE_EQ(model["hr@1"].get<double>(), model["ndcg@1"].get<double>());
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"popularity", "recent_popularity", "markov", "item_knn", "ease", "attention"}));
  for (const json& difference : result["differences"]) {
    EXPECT_LE(difference["low"], difference["difference"]);
    EXPECT_GE(difference["high"], difference["difference"]);
  }
  const ProgramRun text = infodiet({"evaluate", "--db", TrainedWorld::get().path()});
  EXPECT_THAT(text.out, HasSubstr("NDCG@10"));
  EXPECT_THAT(text.out, HasSubstr("attention over markov"));
}

// A standard evaluator on the files: it sorts by score, breaks ties by document and ignores our ranks.
TEST(EvaluateCommand, WritesFilesOnWhichOthersGetTheSameFigures) {
  const TemporaryFolder folder;
  const ProgramRun run =
      infodiet({"evaluate", "--db", TrainedWorld::get().path(), "--json", "--trec", folder.file("trec")});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::map<std::string, std::string> relevant;
  std::ifstream qrels(folder.file("trec/qrels.txt"));
  for (std::string user, zero, item, one; qrels >> user >> zero >> item >> one;) relevant[user] = item;
  ASSERT_EQ(relevant.size(), 60U);
  const json result = json::parse(run.out);
  for (const json& model : result["models"]) {
    const std::string name = model["name"];
    std::map<std::string, std::vector<std::pair<double, std::string>>> lists;
    std::ifstream file(folder.file("trec/" + name + ".run"));
    for (std::string user, q0, item, rank, score, tag; file >> user >> q0 >> item >> rank >> score >> tag;) {
      lists[user].push_back({-std::stod(score), item});
    }
    double ndcg = 0;
    for (auto& [user, list] : lists) {
      std::sort(list.begin(), list.end());
      for (std::size_t i = 0; i < 10 && i < list.size(); ++i) {
        if (list[i].second == relevant[user]) ndcg += 1 / std::log2(static_cast<double>(i) + 2);
      }
    }
    EXPECT_NEAR(ndcg / 60, model["ndcg@10"].get<double>(), 1e-12) << name;
  }
}

TEST(EvaluateCommand, ScoresPairsOfAFile) {
  const std::string& path = TrainedWorld::get().path();
  const json picks = json::parse(infodiet({"recommend", "--db", path, "--user", "reader-1", "--json"}).out);
  const TemporaryFolder folder;
  const std::string pairs =
      folder.write("next.csv", "user_id,item_id\nreader-1," + picks["items"][0]["item"].get<std::string>() + "\n");
  const ProgramRun run = infodiet({"evaluate", "--db", path, "--targets", pairs, "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["users"], 1);
  EXPECT_EQ(result["models"].back()["hr@5"], 1) << "the first recommendation must be ranked first";
  EXPECT_EQ(result["models"].back()["mrr@5"], 1);

  const json why = json::parse(infodiet({"recommend", "--db", path, "--user", "reader-1", "--json"}).out);
  const std::string stored = why["items"][0]["because"][0]["item"];
  const ProgramRun nothing = infodiet(
      {"evaluate", "--db", path, "--targets", folder.write("seen.csv", "user_id,item_id\nreader-1," + stored + "\n")});
  EXPECT_EQ(nothing.exit_code, 0) << nothing.err;
  EXPECT_THAT(nothing.out, HasSubstr("no target is left: 1 repeated target left out"));
  const ProgramRun strangers = infodiet({"evaluate", "--db", path, "--targets",
                                         folder.write("some.csv", "nobody,article-1\nreader-1,no-such\nreader-1," +
                                                                      picks["items"][0]["item"].get<std::string>()),
                                         "--json"});
  ASSERT_EQ(strangers.exit_code, 0) << strangers.err;
  const json skipped = json::parse(strangers.out)["skipped"];
  EXPECT_EQ(skipped["forbidden"], 0);
  EXPECT_EQ(skipped["unknown_users"], 1);
  EXPECT_EQ(skipped["unknown_items"], 1);
  EXPECT_EQ(infodiet({"evaluate", "--db", path, "--targets", folder.file("missing.csv")}).exit_code, 3);
}

TEST(EvaluateCommand, AsksForWhatIsRatedLowUnlessToldOtherwise) {
  const TemporaryFolder folder;
  std::string log = "user,item,rating,time\n";
  // Every third person ends with something rated low, and every second has something such before it.
  for (int user = 0; user < 30; ++user) {
    for (int step = 0; step < 8; ++step) {
      const bool is_low = (step == 7 && user % 3 == 0) || (step == 6 && user % 2 == 0);
      log += fmt::format("u{},film-{},{},{}\n", user, (user + step) % 12, is_low ? 2 : 4, 1'600'000'000 + 3600 * step);
    }
  }
  const std::string path = folder.file("films.db");
  ASSERT_EQ(infodiet({"import", folder.write("log.csv", log), "--db", path}).exit_code, 0);
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin() + 1, {"--db", path, "--json"});
    const ProgramRun done = infodiet(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return json::parse(done.out);
  };
  EXPECT_TRUE(run({"train", "--epochs", "2"})["liked"].is_null());
  const json everything = run({"evaluate"});
  EXPECT_EQ(everything["users"], 30);
  EXPECT_EQ(everything["skipped"]["low"], 0);
  const json liked = run({"evaluate", "--liked", "middle"});
  EXPECT_EQ(liked["users"], 20);
  EXPECT_EQ(liked["skipped"]["low"], 10);
  EXPECT_EQ(run({"evaluate", "--liked", "2"})["users"], 30);

  const ProgramRun trained = infodiet({"train", "--db", path, "--epochs", "2", "--liked", "3", "--json"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_EQ(json::parse(trained.out)["liked"], "3");
  EXPECT_THAT(trained.err,
              HasSubstr("ratings: 25 of 240 interactions are rated low; 15 validation targets among them"));
  EXPECT_EQ(run({"evaluate"})["users"], 20) << "as the model was trained";
  EXPECT_EQ(run({"evaluate", "--liked", "any"})["users"], 30);
  EXPECT_EQ(run({"info"})["ratings"], (json{{"rated", 240}, {"low", 25}, {"liked", "3"}}));
  const ProgramRun refused =
      infodiet({"evaluate", "--db", path, "--liked", "3", "--targets", folder.write("targets.csv", "u1,film-3\n")});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--liked"));
}

TEST(EvaluateCommand, RefusesWhatTheModelHasSeen) {
  const ProgramRun run = infodiet({"evaluate", "--db", TrainedWorld::get().path(), "--protocol", "temporal"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("--holdout temporal:0.9"));
}

TEST(EvaluateCommand, JudgesByATimeCut) {
  const std::string path = TrainedWorld::get().copy("temporal.db");
  ASSERT_EQ(
      infodiet({"train", "--db", path, "--set", quick_model, "--epochs", "2", "--holdout", "temporal:0.8"}).exit_code,
      0);
  const ProgramRun run = infodiet({"evaluate", "--db", path, "--protocol", "temporal", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(json::parse(run.out)["protocol"], "temporal");
  EXPECT_EQ(infodiet({"evaluate", "--db", path}).exit_code, 3);
}

TEST(EvaluateCommand, AsksWhatIsAskedAfterTheCut) {
  const std::string path = TrainedWorld::get().copy("asked.db");
  const ProgramRun trained = infodiet(
      {"train", "--db", path, "--set", quick_model, "--epochs", "2", "--holdout", "temporal:0.8:successive", "--json"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_EQ(json::parse(trained.out)["holdout"], "temporal:0.8:successive");
  const auto asked = [&](const std::vector<std::string>& more) {
    std::vector<std::string> command{"evaluate", "--db", path, "--protocol", "temporal", "--json"};
    command.insert(command.end(), more.begin(), more.end());
    const ProgramRun run = infodiet(command);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return json::parse(run.out);
  };
  const json each = asked({});
  EXPECT_EQ(each["asked"], "successive") << "as it was validated";
  EXPECT_GT(each["cases"], each["users"]);
  const json first = asked({"--ask", "first"});
  const json all = asked({"--ask", "all", "--audit"});
  EXPECT_EQ(first["cases"], first["users"]);
  EXPECT_EQ(all["audit"]["targets"], each["cases"]) << "the same interactions, in one set or in turn";
  EXPECT_EQ(all["audit"]["later"], 0);
  EXPECT_EQ(all["audit"]["cut"], all["cut"]);
  const json& skipped = all["audit"]["skipped"];
  std::size_t people = all["audit"]["asked"];
  for (const json& cause : skipped) people += cause.get<std::size_t>();
  EXPECT_EQ(people, all["audit"]["people"]);
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {"--ask", "first"}, {"--protocol", "temporal", "--ask", "next"}, {"--protocol", "both", "--next"}}) {
    std::vector<std::string> command{"evaluate", "--db", path};
    command.insert(command.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(infodiet(command).exit_code, 2);
  }
  EXPECT_EQ(infodiet({"evaluate", "--db", path, "--protocol", "temporal", "--trec", path + ".trec"}).exit_code, 2);
}

TEST(EvaluateCommand, SetsLeaveOneOutAndTheTimeCutSideBySide) {
  const std::string path = TrainedWorld::get().copy("both.db");
  const ProgramRun one = infodiet({"evaluate", "--db", path, "--protocol", "both"});
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_THAT(one.out, HasSubstr("NDCG@10 cut"));
  EXPECT_THAT(one.out, HasSubstr("infodiet train --holdout temporal:0.9"));
  ASSERT_EQ(
      infodiet({"train", "--db", path, "--set", quick_model, "--epochs", "2", "--holdout", "temporal:0.9"}).exit_code,
      0);
  const ProgramRun two = infodiet({"evaluate", "--db", path, "--protocol", "both", "--json"});
  ASSERT_EQ(two.exit_code, 0) << two.err;
  const json examinations = json::parse(two.out)["examinations"];
  ASSERT_EQ(examinations.size(), 2U);
  EXPECT_EQ(examinations[0]["protocol"], "leave-one-out");
  EXPECT_EQ(examinations[0]["models"],
            json::parse(infodiet({"evaluate", "--db", TrainedWorld::get().path(), "--json"}).out)["models"])
      << "the model that was published before is kept, and asked";
  EXPECT_EQ(examinations[1]["protocol"], "temporal");
  EXPECT_EQ(examinations[1]["models"].back()["name"], "attention");
}

TEST(EvaluateCommand, AsksForOneEventOnly) {
  const TemporaryFolder folder;
  std::string log = "user,item,time,event\n";
  for (int user = 0; user < 6; ++user) {
    for (int i = 0; i < 5; ++i) {
      log += fmt::format("u{},i{},{},{}\n", user, (user + i) % 7, 1700000000 + i * 1000 + user,
                         i == 4 && user % 2 == 0 ? "purchase" : "view");
    }
  }
  const std::string path = folder.file("w.db");
  ASSERT_EQ(infodiet({"import", folder.write("log.csv", log), "--db", path}).exit_code, 0);
  const ProgramRun run = infodiet({"evaluate", "--db", path, "--event", "purchase", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["users"], 3);
  EXPECT_EQ(result["skipped"]["other_events"], 3);
  EXPECT_EQ(result["skipped"]["people"], (json{{"other_events", 3}}));
  const json cut = json::parse(
      infodiet({"evaluate", "--db", path, "--event", "view", "--protocol", "temporal", "--ask", "successive", "--json"})
          .out);
  EXPECT_EQ(cut["cases"], 2) << "of the three after the cut one is a purchase";
  const ProgramRun unknown = infodiet({"evaluate", "--db", path, "--event", "purchases"});
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("there are view, purchase; did you mean 'purchase'?"));
  EXPECT_EQ(infodiet({"evaluate", "--db", path, "--event", "view", "--explanations"}).exit_code, 2);
  const std::string pairs = folder.write("next.csv", "user,item,event\nu0,i6,view\nu1,i0,purchase\n");
  const ProgramRun file = infodiet({"evaluate", "--db", path, "--targets", pairs, "--event", "purchase", "--json"});
  ASSERT_EQ(file.exit_code, 0) << file.err;
  EXPECT_EQ(json::parse(file.out)["users"], 1);
}

TEST(EvaluateCommand, MeasuresWhatRandomItemsInHistoriesCost) {
  const std::string path = TrainedWorld::get().path();
  const std::vector<std::string> asked{"evaluate", "--db", path, "--noise", "0.5", "--json"};
  const ProgramRun run = infodiet(asked);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json levels = json::parse(run.out)["noise"];
  ASSERT_EQ(levels.size(), 2U);
  EXPECT_EQ(levels[0]["noise"], 0);
  EXPECT_EQ(levels[1]["noise"], 0.5);
  const json models = json::parse(infodiet({"evaluate", "--db", path, "--json"}).out)["models"];
  ASSERT_EQ(levels[0]["models"].size(), models.size());
  for (std::size_t m = 0; m < models.size(); ++m) {
    EXPECT_EQ(levels[0]["models"][m]["name"], models[m]["name"]);
    EXPECT_EQ(levels[0]["models"][m]["ndcg@10"], models[m]["ndcg@10"]) << "nothing is replaced";
  }
  EXPECT_EQ(levels[1]["models"][0]["name"], "popularity");
  EXPECT_LT(levels[1]["models"][3]["ndcg@10"], levels[0]["models"][3]["ndcg@10"]) << "neighbours go by the history";
  EXPECT_EQ(infodiet(asked).out, run.out);
  EXPECT_THAT(infodiet({"evaluate", "--db", path, "--noise", "0.1,0.3"}).out, HasSubstr("0.3 random"));
  EXPECT_EQ(infodiet({"evaluate", "--db", path, "--noise", "1.5"}).exit_code, 2);
  EXPECT_EQ(infodiet({"evaluate", "--db", path, "--noise", "0.1", "--audit"}).exit_code, 2);
}

TEST(EvaluateCommand, SetsBalancedListsBesidePlainOnes) {
  const ProgramRun run =
      infodiet({"evaluate", "--db", TrainedWorld::get().path(), "--json", "--diet", "0,0.9", "--k", "10"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json models = json::parse(run.out)["models"];
  ASSERT_EQ(models.size(), 8U);
  EXPECT_EQ(models[6]["name"], "attention diet=0");
  EXPECT_DOUBLE_EQ(models[6]["ndcg@10"].get<double>(), models[5]["ndcg@10"].get<double>());
  EXPECT_LT(models[7]["miscalibration@10"], models[5]["miscalibration@10"]);
  EXPECT_THAT(infodiet({"evaluate", "--db", TrainedWorld::get().path(), "--diet", "0.5"}).out,
              HasSubstr("miscalibration@10"));
  EXPECT_EQ(infodiet({"evaluate", "--db", TrainedWorld::get().path(), "--diet", "0.5,x"}).exit_code, 2);
}

TEST(EvaluateCommand, MeasuresWhetherReasonsCarryScores) {
  const ProgramRun run = infodiet({"evaluate", "--db", TrainedWorld::get().path(), "--explanations", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  std::map<std::string, std::vector<double>> drops;
  for (const json& curve : result["explanations"]) {
    drops[curve["order"].get<std::string>()] = curve["score_drop"].get<std::vector<double>>();
  }
  for (std::size_t i = 0; i < drops["reasons"].size(); ++i) {
    EXPECT_GT(drops["reasons"][i], drops["random"][i]);
    EXPECT_GE(drops["reasons"][i], drops["recent"][i]);
  }
  EXPECT_THAT(infodiet({"evaluate", "--db", TrainedWorld::get().path(), "--explanations"}).out, HasSubstr("random"));
}

TEST(EvaluateCommand, MeasuresItemsThatTrainingNeverSaw) {
  const std::string path = TrainedWorld::get().copy("cold.db");
  const std::vector<std::string> asked{"evaluate", "--db", path, "--cold", "0.3", "--json"};
  const ProgramRun run = infodiet(asked);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_GT(result["cold_items"], 0);
  EXPECT_LT(result["cold_items"], result["items"]);
  EXPECT_GT(result["cases"], 0);
  ASSERT_EQ(result["models"].size(), 3U);
  EXPECT_EQ(result["models"][0]["name"], "topics");
  EXPECT_EQ(result["models"][2]["name"], "learned attributes");
  for (const json& model : result["models"]) {
    EXPECT_GT(model["among_cold_hr@10"], 0) << model;
    EXPECT_GE(model["among_cold_hr@10"], model["hr@10"]) << "fewer items compete";
  }
  EXPECT_EQ(json::parse(infodiet(asked).out), result) << "the same seed";
  EXPECT_THAT(infodiet({"evaluate", "--db", path, "--cold", "0.3"}).out, HasSubstr("taken out of training"));
  EXPECT_EQ(infodiet({"evaluate", "--db", path, "--cold", "0"}).exit_code, 2);
  EXPECT_EQ(infodiet({"evaluate", "--db", path, "--cold", "1"}).exit_code, 2);
  EXPECT_EQ(infodiet({"evaluate", "--db", path, "--cold", "0.3", "--audit"}).exit_code, 2);
  const TemporaryFolder folder;
  const ProgramRun refused = infodiet({"evaluate", "--db", untrained_world(folder), "--cold", "0.3"});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("infodiet train"));
}

}  // namespace
}  // namespace infodiet::test
