#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "recsys/store/database.hpp"
#include "tests/support/read_file.hpp"
#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<std::string> simulate_command(const std::string& path, std::vector<std::string> more) {
  std::vector<std::string> command = {"simulate", "--db", path};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

json result_of(const std::vector<std::string>& command) {
  std::vector<std::string> with_json = command;
  with_json.push_back("--json");
  const ProgramRun run = infodiet(with_json);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return json::parse(run.out);
}

std::int64_t count_rows(const std::string& path, const std::string& sql) {
  const recsys::Database db(path, recsys::OpenMode::read_only);
  recsys::Statement query = db.prepare(sql);
  EXPECT_TRUE(query.step());
  return query.integer(0);
}

TEST(SimulateCommand, SetsPoliciesBesideTheOptimum) {
  const std::string path = TrainedWorld::get().copy("policies.db");
  const json result = result_of(
      simulate_command(path, {"--environment", "exploration", "--policy", "random,greedy,optimum", "--users", "500"}));
  EXPECT_NEAR(result["optimum"]["value"], 15.171, 0.001);
  EXPECT_NEAR(result["optimum"]["greedy"], 11.000, 0.001);
  EXPECT_NEAR(result["optimum"]["random"], 10.333, 0.001);
  ASSERT_EQ(result["policies"].size(), 3U);
  for (const json& policy : result["policies"]) {
    const double expected = result["optimum"][policy["name"] == "optimum" ? "value" : policy["name"]];
    EXPECT_NEAR(policy["return"], expected, 4 * policy["return_stderr"].get<double>() + 1e-9) << policy["name"];
    EXPECT_TRUE(policy["diet"].contains("consumed.effective_topics"));
  }
  const std::int64_t run = result["run"];
  EXPECT_EQ(count_rows(path, "SELECT count(*) FROM sessions WHERE run_id = " + std::to_string(run)), 1500);
  EXPECT_EQ(count_rows(path, "SELECT count(*) FROM steps"), 3 * 100 * 20)
      << "steps of the first hundred of each policy";
}

TEST(SimulateCommand, ReplaysSomeOfARun) {
  const std::string path = TrainedWorld::get().copy("replay.db");
  const std::vector<std::string> common = {"--environment", "catalogue", "--set",  "steps=5,candidates=10,slate=2",
                                           "--policy",      "random",    "--keep", "steps"};
  std::vector<std::string> whole = simulate_command(path, common);
  whole.insert(whole.end(), {"--users", "20", "--sessions", "2"});
  std::vector<std::string> part = simulate_command(path, common);
  part.insert(part.end(), {"--users", "1", "--sessions", "2", "--first", "7"});
  const json all = result_of(whole);
  const json again = result_of(part);
  EXPECT_EQ(
      count_rows(path,
                 "SELECT count(*) FROM sessions a JOIN sessions b ON a.number = b.number AND a.user_id = b.user_id "
                 "JOIN steps s ON s.session_id = a.id JOIN steps t ON t.session_id = b.id AND s.step = t.step "
                 "WHERE a.run_id = 1 AND b.run_id = 2 AND s.shown = t.shown AND s.chosen IS t.chosen"),
      2 * 5);
}

TEST(SimulateCommand, GivesTheSameForAnyNumberOfThreads) {
  const std::string path = TrainedWorld::get().copy("threads.db");
  const std::vector<std::string> command =
      simulate_command(path, {"--environment", "satiation", "--set", "steps=5", "--policy", "random,agent", "--learn",
                              "--updates", "3", "--users", "100", "--keep", "nothing"});
  std::vector<std::string> one = command;
  one.insert(one.end(), {"--threads", "1"});
  std::vector<std::string> three = command;
  three.insert(three.end(), {"--threads", "3"});
  const json first = result_of(one);
  EXPECT_EQ(first, result_of(three));
  EXPECT_EQ(first["curve"].size(), 3U);
  EXPECT_TRUE(first["run"].is_null());
  std::vector<std::string> other = one;
  other.insert(other.end(), {"--seed", "2"});
  EXPECT_NE(first, result_of(other));
}

TEST(SimulateCommand, LearnsInTheDataAndServesIt) {
  const std::string path = TrainedWorld::get().copy("learn.db");
  EXPECT_EQ(infodiet(simulate_command(path, {"--environment", "catalogue", "--policy", "agent"})).exit_code, 3)
      << "nothing has learned yet";
  const json learned = result_of(simulate_command(
      path, {"--environment", "catalogue", "--set", "steps=5,candidates=20,slate=3", "--reward",
             "engagement=1,quality=0.5", "--policy", "random,agent", "--learn", "--updates", "30", "--users", "200"}));
  EXPECT_GT(learned["policies"][1]["return"], learned["policies"][0]["return"]);
  EXPECT_EQ(count_rows(path, "SELECT count(*) FROM models WHERE name = 'agent/catalogue' AND state = 'published'"), 1);
  const ProgramRun stored = infodiet(simulate_command(
      path, {"--environment", "catalogue", "--set", "steps=5,candidates=20,slate=3", "--policy", "agent"}));
  EXPECT_EQ(stored.exit_code, 0) << stored.err;
  EXPECT_THAT(stored.err, HasSubstr("\"quality\":0.5")) << "what it learned with is said";

  const ProgramRun picks =
      infodiet({"recommend", "--db", path, "--user", "reader-1", "--policy", "agent", "-k", "4", "--json"});
  ASSERT_EQ(picks.exit_code, 0) << picks.err;
  const json recommended = json::parse(picks.out);
  EXPECT_EQ(recommended["model"], "agent");
  EXPECT_EQ(recommended["items"].size(), 4U);
  EXPECT_FALSE(recommended["items"][0]["because"].empty());
  const json other = json::parse(
      infodiet({"recommend", "--db", path, "--user", "reader-2", "--policy", "agent", "-k", "4", "--json"}).out);
  EXPECT_NE(other["items"], recommended["items"]);
  EXPECT_GT(learned["hr@10"]["recommender"], 0);
  EXPECT_TRUE(learned["hr@10"]["agent"].is_number());
}

TEST(SimulateCommand, LearnsAsItsOptionsSayAndStoresThem) {
  const std::string path = TrainedWorld::get().copy("options.db");
  const json result = result_of(
      simulate_command(path, {"--environment", "exploration", "--set", "steps=4", "--policy", "agent,slateq", "--learn",
                              "--updates", "3", "--agent", "people=2,width=16,sessions=3,rate=0.01,last_entropy=0.1",
                              "--learn-from", "expected", "--seeds", "2", "--users", "50"}));
  ASSERT_EQ(result["seeds"].size(), 2U);
  EXPECT_EQ(result["seeds"][0]["seed"], 1);
  EXPECT_EQ(result["seeds"][0]["return"], result["policies"][0]["return"]);
  EXPECT_TRUE(result["seeds"][1]["area"].is_number());
  EXPECT_TRUE(result["learning"]["area"].is_number());
  for (const json& policy : result["policies"]) {
    EXPECT_EQ(policy["learned_from"], json({{"sessions", 3 * 2 * 3}, {"rewards", "expected"}})) << policy["name"];
  }
  EXPECT_EQ(count_rows(path,
                       "SELECT count(*) FROM runs WHERE configuration ->> '$.agent.width' = 16 AND configuration ->> "
                       "'$.learn_from' = 'expected' AND command LIKE '%--agent people=2,width=16%'"),
            1);
  EXPECT_EQ(count_rows(path,
                       "SELECT count(*) FROM models WHERE name = 'agent/exploration' AND "
                       "configuration ->> '$.model.width' = 16 AND configuration ->> '$.training.people' = 2"),
            1);
}

TEST(SimulateCommand, TestsAgentsInWorldsMovedByAQuarter) {
  const std::string path = TrainedWorld::get().copy("transfer.db");
  const json all = result_of(simulate_command(path, {"--environment", "exploration", "--transfer", "--updates", "1",
                                                     "--users", "20", "--agent", "people=1,sessions=2"}));
  EXPECT_EQ(all["worlds"].size(), 1 + 2 * 4U) << "prior, match, mismatch and safe";
  EXPECT_EQ(all["matrix"].size(), all["worlds"].size());
  EXPECT_EQ(all["worlds"][4]["name"], "match=0.999") << "as far as its range goes";
  const json some = result_of(simulate_command(path, {"--environment", "exploration", "--set", "safe=0.6,steps=6",
                                                      "--transfer", "--updates", "1", "--users", "20"}));
  std::vector<std::string> names;
  for (const json& world : some["worlds"]) names.push_back(world["name"]);
  EXPECT_EQ(names, (std::vector<std::string>{"as given", "safe=0.45", "safe=0.75", "steps=5", "steps=8"}));
  EXPECT_TRUE(some["matrix"][4][1]["percent_of_optimum"].is_number());
  EXPECT_EQ(count_rows(path, "SELECT count(*) FROM models WHERE name LIKE 'agent%'"), 0) << "nothing is published";
}

TEST(SimulateCommand, SweepsATermOfTheReward) {
  const std::string path = TrainedWorld::get().copy("sweep.db");
  const json result =
      result_of(simulate_command(path, {"--environment", "catalogue", "--set", "steps=4,candidates=10,slate=2",
                                        "--sweep", "diversity=0:4:2", "--updates", "2", "--users", "50"}));
  ASSERT_EQ(result["policies"].size(), 9U) << "agent, mmr and calibrated at three points each";
  EXPECT_TRUE(result["never_falls"].is_boolean());
  EXPECT_EQ(count_rows(path, "SELECT count(DISTINCT policy) FROM sessions"), 9);
  EXPECT_EQ(count_rows(path, "SELECT count(*) FROM models WHERE name LIKE 'agent%'"), 0) << "sweeps publish nothing";
}

TEST(SimulateCommand, SweepsLetOthersWriteWhileAgentsLearn) {
  const std::string path = TrainedWorld::get().copy("shared.db");
  std::thread sweeping([&] {
    infodiet(
        simulate_command(path, {"--environment", "catalogue", "--sweep", "diversity=0:1:1", "--updates", "1000000"}),
        {.signal_after = std::chrono::milliseconds(1500)});
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(1000));
  EXPECT_NO_THROW({
    recsys::Database db(path, recsys::OpenMode::read_write);
    db.execute("PRAGMA busy_timeout = 100");
    recsys::Transaction transaction(db);
    transaction.commit();
  });
  sweeping.join();
}

TEST(SimulateCommand, KeepsTheCommandThatRepeatsARun) {
  const TemporaryFolder folder;
  const std::string path = folder.file("it's a world.db");
  std::filesystem::copy_file(TrainedWorld::get().path(), path);
  const json result =
      result_of(simulate_command(path, {"--environment", "exploration", "--policy", "greedy", "--users", "9"}));
  const recsys::Database db(path, recsys::OpenMode::read_only);
  recsys::Statement query = db.prepare("SELECT command FROM runs WHERE id = ?");
  query.bind(result["run"].get<std::int64_t>());
  ASSERT_TRUE(query.step());
  const std::string command(query.text(0));
  EXPECT_THAT(command, HasSubstr("--db '"));
  const ProgramRun again =
      run_program({"/bin/sh", "-c", INFODIET_PROGRAM + command.substr(command.find(' ')) + " --json"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(json::parse(again.out)["policies"], result["policies"]);
}

TEST(SimulateCommand, LetsWeeksGoByAndLearnsAgain) {
  const std::string path = TrainedWorld::get().copy("weeks.db");
  const std::vector<std::string> command =
      simulate_command(path, {"--environment", "catalogue", "--set", "steps=4,candidates=10,slate=3", "--policy",
                              "greedy,calibrated", "--weeks", "3", "--retrain", "--users", "30"});
  const json result = result_of(command);
  EXPECT_EQ(result["weeks"], 3);
  EXPECT_EQ(result["people"], 30);
  ASSERT_EQ(result["arms"].size(), 4U) << "a random feed and people alone beside those asked for";
  for (const json& arm : result["arms"]) {
    ASSERT_EQ(arm["weeks"].size(), 3U);
    for (const char* figure :
         {"taste_topics", "consumed_topics", "overlap", "popular", "satisfaction", "returns", "engagement"}) {
      EXPECT_TRUE(arm["weeks"][2][figure]["mean"].is_number()) << figure;
    }
  }
  EXPECT_EQ(
      count_rows(path, "SELECT count(*) FROM sessions WHERE run_id = " + std::to_string(result["run"].get<int>())),
      4 * 30);
  EXPECT_EQ(count_rows(path, "SELECT count(*) FROM models WHERE state = 'training'"), 0) << "the checkpoint is gone";
  std::vector<std::string> again = command;
  again.insert(again.end(), {"--resume", "--threads", "1"});
  EXPECT_EQ(result_of(again)["arms"], result["arms"]) << "nothing to go on with, and the same bits on one thread";
}

TEST(SimulateCommand, LetsTheAgentThatLearnedGoThroughWeeks) {
  const std::string path = TrainedWorld::get().copy("agent_weeks.db");
  const std::string settings = "steps=4,candidates=10,slate=3";
  const std::vector<std::string> weeks = simulate_command(
      path, {"--environment", "catalogue", "--set", settings, "--policy", "agent", "--weeks", "2", "--users", "30"});
  const ProgramRun early = infodiet(weeks);
  EXPECT_EQ(early.exit_code, 3);
  EXPECT_THAT(early.err, HasSubstr("--learn' makes one"));
  result_of(simulate_command(path, {"--environment", "catalogue", "--set", settings, "--policy", "agent", "--learn",
                                    "--updates", "2", "--users", "20", "--reward", "engagement=1,quality=6"}));
  const json result = result_of(weeks);
  ASSERT_EQ(result["arms"].size(), 3U);
  EXPECT_EQ(result["arms"][0]["name"], "agent");
  EXPECT_EQ(result["arms"][0]["weeks"].size(), 2U);
}

TEST(SimulateCommand, GivesNoShareOfTheOptimumWhereAllPoliciesAreAlike) {
  const std::string path = TrainedWorld::get().copy("alike.db");
  const json result = result_of(simulate_command(
      path, {"--environment", "satiation", "--set", "slate=8,steps=3", "--policy", "random,optimum", "--users", "20"}));
  for (const json& policy : result["policies"]) EXPECT_TRUE(policy["percent_of_optimum"].is_null());
}

TEST(SimulateCommand, SetsPoliciesBesideABoundWhereThereIsNoOptimum) {
  const TemporaryFolder folder;
  const std::string path = TrainedWorld::get().copy("bound.db");
  const std::string small = "steps=4,candidates=10,slate=2";
  const auto catalogue = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"--environment", "catalogue", "--policy", "random,greedy"});
    return simulate_command(path, more);
  };
  const json result = result_of(catalogue({"--set", small, "--users", "40"}));
  EXPECT_EQ(result["bound"]["sessions"], 16);
  EXPECT_TRUE(result["no_bound"].is_null());
  for (const json& policy : result["policies"]) {
    EXPECT_GT(policy["percent_of_bound"], 0);
    EXPECT_LT(policy["percent_of_bound"], 100);
    EXPECT_GT(policy["percent_of_bound_stderr"], 0);
  }
  const json few = result_of(catalogue({"--set", small, "--users", "3"}));
  EXPECT_NEAR(few["policies"][0]["percent_of_bound"].get<double>(),
              100 * few["policies"][0]["return"].get<double>() / few["bound"]["value"].get<double>(), 1e-9);

  const auto reported = [&] {
    const std::string page = folder.file("report.html");
    EXPECT_EQ(infodiet({"report", "--db", path, "-o", page}).exit_code, 0);
    return read_file(page);
  };
  EXPECT_THAT(reported(), HasSubstr("a bound that no policy exceeds on average, they earn: random"));

  const json moving = result_of(catalogue({"--set", small + ",taste_drift=0.1", "--users", "5"}));
  EXPECT_TRUE(moving["bound"].is_null());
  EXPECT_THAT(moving["no_bound"].get<std::string>(), HasSubstr("taste_drift"));
  EXPECT_TRUE(moving["policies"][0]["percent_of_bound"].is_null());
  const json exact =
      result_of(simulate_command(path, {"--environment", "drift", "--policy", "random", "--users", "5"}));
  EXPECT_TRUE(exact["bound"].is_null());
  EXPECT_TRUE(exact["no_bound"].is_null());

  EXPECT_THAT(reported(), HasSubstr("There is no bound to compare with: tastes move"));
  ASSERT_EQ(infodiet({"export", "--db", path, "--runs", folder.file("runs.csv")}).exit_code, 0);
  EXPECT_THAT(read_file(folder.file("runs.csv")),
              HasSubstr(fmt::format(",{},{},", result["policies"][0]["percent_of_bound"].get<double>(),
                                    result["policies"][0]["percent_of_bound_stderr"].get<double>())));
}

TEST(SimulateCommand, RunsWithoutADatabaseWhereNoneIsNeeded) {
  const TemporaryFolder folder;
  const std::string path = folder.file("none.db");
  const ProgramRun run = infodiet(simulate_command(path, {"--environment", "satiation", "--policy", "random"}));
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("nothing is stored"));
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_NE(infodiet(simulate_command(path, {"--environment", "catalogue"})).exit_code, 0);
}

struct BadInput {
  std::vector<std::string> arguments;
  std::string said;
};

TEST(SimulateCommand, SaysWhatIsWrongAndWhatIsKnown) {
  const std::string path = TrainedWorld::get().copy("bad.db");
  const std::vector<BadInput> cases = {
      {{"--environment", "kale"}, "expected one of choc-kale, satiation, exploration, drift, catalogue"},
      {{"--environment", "satiation", "--policy", "best"}, "expected all, or some of random, popular, greedy"},
      {{"--environment", "satiation", "--policy", "random,random"}, "given twice"},
      {{"--environment", "satiation", "--policy", "popular"}, "no popularity"},
      {{"--environment", "satiation", "--set", "taste=1"}, "taste_1"},
      {{"--environment", "satiation", "--set", "bordeom=1"}, "did you mean 'boredom'?"},
      {{"--environment", "satiation", "--set", "lure=much"}, "not a number"},
      {{"--environment", "satiation", "--reward", "engagement=1"}, "--environment catalogue"},
      {{"--environment", "catalogue", "--reward", "joy=1"}, "engagement=0, quality=0, diversity=0"},
      {{"--environment", "catalogue", "--reward", "quality=high"}, "not a number"},
      {{"--environment", "catalogue", "--set", "slate=20,candidates=10"}, "slates of 20 from 10"},
      {{"--environment", "catalogue", "--sweep", "diversity=0:1:0"}, "positive step"},
      {{"--environment", "catalogue", "--sweep", "diversity=1:0:0.1"}, "rising"},
      {{"--environment", "catalogue", "--sweep", "diversity"}, "term=from:to:step"},
      {{"--environment", "catalogue", "--sweep", "joy=0:1:0.5"}, "engagement=0, quality=0, diversity=0"},
      {{"--environment", "satiation", "--sweep", "diversity=0:1:0.5"}, "--environment catalogue"},
      {{"--environment", "catalogue", "--sweep", "diversity=0:1:0.5", "--policy", "greedy"}, "nothing to sweep"},
      {{"--environment", "satiation", "--resume"}, "--learn"},
      {{"--environment", "satiation", "--learn", "--agent", "rate=2"}, "a number from 1e-06 to 0.1"},
      {{"--environment", "satiation", "--learn", "--agent", "people=-1"}, "a whole number from 0 to 100000"},
      {{"--environment", "satiation", "--learn", "--agent", "width=33"}, "an even number"},
      {{"--environment", "satiation", "--learn", "--agent", "last_entropy=1.5"}, "a number from 0 to 1"},
      {{"--environment", "satiation", "--learn", "--agent", "witdh=64"}, "did you mean 'width'?"},
      {{"--environment", "satiation", "--agent", "width=64"}, "--learn"},
      {{"--environment", "satiation", "--learn-from", "expected"}, "--learn"},
      {{"--environment", "satiation", "--learn", "--learn-from", "luck"}, "drawn"},
      {{"--environment", "satiation", "--seeds", "3"}, "--learn"},
      {{"--environment", "satiation", "--learn", "--updates", "0"}, "--updates"},
      {{"--environment", "satiation", "--transfer", "--learn"}, "leave out --learn"},
      {{"--environment", "catalogue", "--transfer"}, "unknown in catalogue"},
      {{"--environment", "satiation", "--weeks", "3"}, "--environment catalogue"},
      {{"--environment", "catalogue", "--retrain"}, "--weeks"},
      {{"--environment", "catalogue", "--weeks", "0"}, "--weeks"},
      {{"--environment", "catalogue", "--weeks", "2", "--policy", "slateq"}, "cannot be a feed"},
      {{"--environment", "catalogue", "--weeks", "2", "--sessions", "2"}, "leave out"},
      {{"--environment", "catalogue", "--weeks", "2", "--set", "taste_drift=2"}, "a number from 0 to 1"},
      {{"--environment", "catalogue", "--weeks", "2", "--set", "taste_drfit=0"}, "did you mean 'taste_drift'?"},
      {{"--environment", "satiation", "--users", "0"}, "--users"},
  };
  for (const BadInput& bad : cases) {
    const ProgramRun run = infodiet(simulate_command(path, bad.arguments));
    EXPECT_EQ(run.exit_code, 2) << bad.said;
    EXPECT_THAT(run.err, HasSubstr(bad.said));
    EXPECT_EQ(run.out, "");
  }
  EXPECT_EQ(count_rows(path, "SELECT count(*) FROM runs"), 0);
  EXPECT_EQ(infodiet({"simulate"}).exit_code, 2) << "no environment";
}

TEST(SimulateCommand, RefusesDataWithoutItemsOrTopics) {
  const TemporaryFolder folder;
  const std::string path = folder.file("plain.db");
  folder.write("pairs.txt", "a 1\na 2\nb 1\nb 3\n");
  ASSERT_EQ(infodiet({"import", "--db", path, "--format", "pairs", folder.file("pairs.txt")}).exit_code, 0);
  const ProgramRun run = infodiet(simulate_command(path, {"--environment", "catalogue"}));
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("no item has a topic"));
}

TEST(SimulateCommand, SaysHowToGetTheModelThatWeeksBeginWith) {
  const TemporaryFolder folder;
  const std::string path = folder.file("untrained.db");
  ASSERT_EQ(infodiet({"sample", "--db", path, "--users", "20", "--items", "100"}).exit_code, 0);
  const ProgramRun run = infodiet(simulate_command(path, {"--environment", "catalogue", "--weeks", "2", "--retrain"}));
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("infodiet train --db " + path));
}

TEST(SimulateCommand, HelpListsAssumptionsSettingsPoliciesAndTerms) {
  const auto says = [](const std::vector<std::string>& command, const std::vector<std::string>& texts) {
    const ProgramRun help = infodiet(command);
    EXPECT_EQ(help.exit_code, 0);
    for (const std::string& text : texts) EXPECT_THAT(help.out, HasSubstr(text));
  };
  says({"simulate", "--help"},
       {"choc-kale:", "satiation:", "exploration:", "drift:", "catalogue:", "--sweep", "--weeks", "--learn", "--keep"});
  says({"help", "simulate", "choc-kale"}, {"sensitivity", "resample", "log_normal"});
  says({"help", "simulate", "drift"}, {"weariness", "breadth"});
  says({"help", "simulate", "catalogue"}, {"boredom", "taste_drift", "rank", "loyalty"});
  says({"help", "simulate", "policies"}, {"slateq", "agent"});
  says({"help", "simulate", "agent"}, {"last_entropy", "width", "from 0 to 100000"});
  says({"help", "simulate", "reward"}, {"engagement", "overload"});
}

}  // namespace
}  // namespace infodiet::test
