#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "recsys/store/database.hpp"
#include "tests/support/read_file.hpp"
#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json recommend(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"recommend", "--db", TrainedWorld::get().path(), "--json"});
  const ProgramRun run = infodiet(arguments);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return json::parse(run.out);
}

std::set<std::string> history_of(const std::string& user) {
  const recsys::Database db(TrainedWorld::get().path(), recsys::OpenMode::read_only);
  recsys::Statement query = db.prepare(
      "SELECT items.key FROM interactions JOIN users ON users.id = user_id JOIN items ON items.id = item_id "
      "WHERE users.key = ?");
  query.bind(user);
  std::set<std::string> keys;
  while (query.step()) keys.insert(std::string(query.text(0)));
  return keys;
}

TEST(RecommendCommand, NamesWhatIsNewToThemAndTheHistoryThatCarriedIt) {
  const json result = recommend({"--user", "reader-5", "-k", "5"});
  EXPECT_EQ(result["user"], "reader-5");
  EXPECT_EQ(result["model"], "attention");
  EXPECT_TRUE(result["fallback"].is_null());
  ASSERT_EQ(result["items"].size(), 5U);
  const std::set<std::string> seen = history_of("reader-5");
  double last = std::numeric_limits<double>::infinity();
  std::set<json> reasons;
  for (std::size_t i = 0; i < 5; ++i) {
    const json& pick = result["items"][i];
    EXPECT_EQ(pick["rank"], i + 1);
    EXPECT_FALSE(seen.contains(pick["item"]));
    EXPECT_NE(pick["title"], pick["item"]);
    EXPECT_LE(pick["score"], last);
    last = pick["score"];
    ASSERT_FALSE(pick["because"].empty());
    for (const json& reason : pick["because"]) {
      EXPECT_TRUE(seen.contains(reason["item"]));
      EXPECT_GT(reason["weight"], 0);
      EXPECT_LE(reason["weight"], 1);
    }
    reasons.insert(pick["because"]);
  }
  EXPECT_GT(reasons.size(), 1U) << "reasons must be of the pick, not of the person alone";
}

TEST(RecommendCommand, TakesInAHistoryOfSomebodyUnknown) {
  const json first = recommend({"--history", "article-1,article-2"});
  const json second = recommend({"--user", "nobody", "--history", "article-7,article-9"});
  EXPECT_EQ(first["model"], "attention");
  EXPECT_EQ(second["model"], "attention");
  EXPECT_NE(first["items"], second["items"]);
  for (const json& pick : first["items"]) {
    EXPECT_NE(pick["item"], "article-1");
    EXPECT_NE(pick["item"], "article-2");
  }
}

TEST(RecommendCommand, SkipsUnknownItemsOfAHistoryAndSaysSo) {
  const ProgramRun run = infodiet({"recommend", "--db", TrainedWorld::get().path(), "--history", "article-1,no-such",
                                   "--history", "article-2", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("'no-such'"));
  EXPECT_EQ(json::parse(run.out)["items"], recommend({"--history", "article-1,article-2"})["items"]);
}

TEST(RecommendCommand, AnswersManyFromOneProcess) {
  const TemporaryFolder folder;
  const std::string file = folder.write("users.txt", "reader-1\nnobody\r\n\nreader-2");
  const ProgramRun run =
      infodiet({"recommend", "--db", TrainedWorld::get().path(), "--users", file, "-k", "3", "--exclude", "article-5"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::istringstream lines(run.out);
  std::vector<json> answers;
  for (std::string line; std::getline(lines, line);) answers.push_back(json::parse(line));
  ASSERT_EQ(answers.size(), 3U);
  for (const auto& [number, user] : {std::pair{0, "reader-1"}, {1, "nobody"}, {2, "reader-2"}}) {
    EXPECT_EQ(answers[static_cast<std::size_t>(number)],
              recommend({"--user", user, "-k", "3", "--exclude", "article-5"}));
  }
  EXPECT_EQ(infodiet({"recommend", "--db", TrainedWorld::get().path(), "--users", folder.file("none")}).exit_code, 3);
  EXPECT_EQ(infodiet({"recommend", "--users", file, "--user", "reader-1"}).exit_code, 2);
}

TEST(RecommendCommand, TakesAnIdWithACommaWhole) {
  const std::string path = TrainedWorld::get().copy("comma.db");
  recsys::Database(path, recsys::OpenMode::read_write)
      .execute(
          "UPDATE items SET key = 'a,b' WHERE key = 'article-1'; UPDATE items SET key = 'a' WHERE key = 'article-2'");
  const auto items_after = [&](const std::vector<std::string>& history) {
    std::vector<std::string> arguments{"recommend", "--db", path, "--json"};
    arguments.insert(arguments.end(), history.begin(), history.end());
    const ProgramRun run = infodiet(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const json answer = json::parse(run.out);
    std::set<std::string> items;
    for (const json& pick : answer["items"]) items.insert(pick["title"]);
    return items;
  };
  EXPECT_EQ(items_after({"--history", "a,b", "--history", "article-9"}).size(), 10U);
  EXPECT_EQ(items_after({"--history", "a,b", "--history", "article-9,a"}),
            items_after({"--history", "a,b", "--history", "article-9", "--history", "a"}));
}

TEST(RecommendCommand, LeavesOutWhatItIsToldTo) {
  const json plain = recommend({"--user", "reader-1", "-k", "5"});
  const std::string first = plain["items"][0]["item"];
  const std::string second = plain["items"][1]["item"];
  const TemporaryFolder folder;
  const std::string file = folder.write("seen.txt", first + "\r\n" + second + "\n");
  for (const std::vector<std::string>& exclude :
       std::vector<std::vector<std::string>>{{first + "," + second}, {file}, {first, "--exclude", second}}) {
    std::vector<std::string> arguments{"--user", "reader-1", "-k", "3", "--exclude"};
    arguments.insert(arguments.end(), exclude.begin(), exclude.end());
    const json left = recommend(arguments)["items"];
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(left[i]["item"], plain["items"][i + 2]["item"]);
  }
  const json only = recommend({"--user", "reader-1", "--only", second + ",no-such"});
  ASSERT_EQ(only["items"].size(), 1U);
  EXPECT_EQ(only["items"][0]["item"], second);

  const json nothing = recommend({"--user", "reader-1", "--only", second, "--exclude", second});
  EXPECT_TRUE(nothing["items"].empty());
  EXPECT_THAT(nothing["nothing"], HasSubstr("no item is left"));
  const ProgramRun said = infodiet(
      {"recommend", "--db", TrainedWorld::get().path(), "--user", "reader-1", "--only", second, "--exclude", second});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_THAT(said.out, HasSubstr("nothing to recommend: no item is left"));
}

TEST(RecommendCommand, NeverShowsWhatIsHiddenOrNotAvailableNow) {
  const std::string path = TrainedWorld::get().copy("hidden.db");
  const json plain = recommend({"--user", "reader-1", "-k", "4"})["items"];
  const auto key = [&](std::size_t i) { return plain[i]["item"].get<std::string>(); };
  recsys::Database(path, recsys::OpenMode::read_write)
      .execute("UPDATE items SET hidden = 1 WHERE key = '" + key(0) +
               "'; UPDATE items SET available_until = 1000 WHERE key = '" + key(1) +
               "'; UPDATE items SET available_from = 90000000000 WHERE key = '" + key(2) +
               "'; UPDATE items SET available_from = 1000, available_until = 90000000000 WHERE key = '" + key(3) + "'");
  const ProgramRun run = infodiet({"recommend", "--db", path, "--user", "reader-1", "-k", "1", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(json::parse(run.out)["items"][0]["item"], key(3));
}

TEST(RecommendCommand, FallsBackToPopularityAndSaysSo) {
  const json unknown = recommend({"--user", "nobody"});
  EXPECT_EQ(unknown["model"], "popularity");
  EXPECT_THAT(unknown["fallback"], HasSubstr("'nobody' is not known"));
  EXPECT_EQ(unknown["items"].size(), 10U);

  const TemporaryFolder folder;
  const std::string path = folder.file("untrained.db");
  ASSERT_EQ(infodiet({"sample", "--db", path, "--users", "10", "--items", "60"}).exit_code, 0);
  const ProgramRun untrained = infodiet({"recommend", "--db", path, "--user", "reader-1"});
  EXPECT_EQ(untrained.exit_code, 0);
  EXPECT_THAT(untrained.out, HasSubstr("infodiet train"));
}

TEST(RecommendCommand, ListsNoMoreThanThereIs) {
  EXPECT_LT(recommend({"--user", "reader-1", "-k", "1000000"})["items"].size(), 60U);
}

TEST(RecommendCommand, RefusesWhatIsUnknownOrMakesNoSense) {
  const auto fails = [](std::vector<std::string> arguments, int code, const std::string& saying) {
    arguments.insert(arguments.begin() + 1, {"--db", TrainedWorld::get().path()});
    const ProgramRun run = infodiet(arguments);
    EXPECT_EQ(run.exit_code, code) << run.err;
    EXPECT_THAT(run.err, HasSubstr(saying));
    EXPECT_EQ(run.out, "");
  };
  fails({"recommend"}, 2, "--user");
  fails({"recommend", "--user", "reader-1", "-k", "0"}, 2, "-k");
  fails({"recommend", "--user", "reader-1", "-k", "-1"}, 2, "-k");
  fails({"recommend", "--history", "also-not,no-such"}, 3, "no item 'also-not'");
  fails({"recommend", "--user", "reader-1", "--only-topics", "sprot"}, 3, "did you mean 'sport'?");
  fails({"explain", "--user", "nobody", "--item", "article-1"}, 3, "no user 'nobody'");
  fails({"explain", "--user", "reader-1", "--item", "no-such"}, 3, "no item 'no-such'");
  fails({"explain", "--user", "reader-1"}, 2, "--item");
}

TEST(ExplainCommand, GivesContributionDropAndAttention) {
  const ProgramRun run = infodiet({"explain", "--db", TrainedWorld::get().path(), "--user", "reader-1", "--item",
                                   "article-3", "-k", "1000", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  double attention = 0;
  double weights = 0;
  ASSERT_FALSE(result["because"].empty());
  for (const json& reason : result["because"]) {
    attention += reason["attention"].get<double>();
    weights += reason["weight"].get<double>();
    EXPECT_GE(reason["weight"], 0.05) << "less is not called a reason";
    EXPECT_GT(reason["score_drop"], 0);
    EXPECT_TRUE(reason["time"].is_number());
  }
  for (const json& reason : result["against"]) EXPECT_LE(reason["weight"], -0.05);
  EXPECT_LE(attention, 1 + 1e-4);
  EXPECT_LE(weights, 1 + 1e-6);
  EXPECT_TRUE(result["score"].is_number());
}

TEST(ExplainCommand, AgreesWithRecommendToTheDigitWhateverTheLength) {
  const auto explain = [](const std::string& item, const std::string& k) {
    const ProgramRun run = infodiet(
        {"explain", "--db", TrainedWorld::get().path(), "--user", "reader-1", "--item", item, "-k", k, "--json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return json::parse(run.out);
  };
  std::size_t compared = 0;
  const json list = recommend({"--user", "reader-1", "-k", "5"});
  for (const json& pick : list["items"]) {
    const std::string item = pick["item"];
    const json all = explain(item, "1000");
    const json some = explain(item, "2");
    for (std::size_t i = 0; i < some["because"].size(); ++i) EXPECT_EQ(some["because"][i], all["because"][i]);
    for (const json& reason : pick["because"]) {
      for (const json& other : all["because"]) {
        if (other["item"] != reason["item"]) continue;
        EXPECT_EQ(other["weight"], reason["weight"]);
        ++compared;
      }
    }
    EXPECT_EQ(all["score"], pick["score"]);
    EXPECT_EQ(all["chance"], pick["chance"]);
  }
  EXPECT_GE(compared, 5U);

  // The report draws score drops of the first picks, with a table of the figures.
  const TemporaryFolder folder;
  const std::string page = folder.file("report.html");
  ASSERT_EQ(infodiet({"report", "--db", TrainedWorld::get().path(), "--user", "reader-1", "-o", page}).exit_code, 0);
  const std::string html = read_file(page);
  const json explanation = explain(list["items"][0]["item"], "1000");
  for (const json& reason : explanation["because"]) {
    EXPECT_THAT(html, HasSubstr(fmt::format("{:.3f}", reason["score_drop"].get<double>())));
  }
}

TEST(ExplainCommand, SaysWhyAnItemIsNotAmongTheFirst) {
  const auto why_not = [](const std::string& item, const std::string& k) {
    const ProgramRun run = infodiet(
        {"explain", "--db", TrainedWorld::get().path(), "--user", "reader-1", "--why-not", item, "-k", k, "--json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return json::parse(run.out);
  };
  const json list = recommend({"--user", "reader-1", "-k", "40"});
  for (const std::size_t position : {0U, 9U, 10U, 39U}) {
    const json& pick = list["items"][position];
    const json why = why_not(pick["item"], "3");
    EXPECT_EQ(why["rank"], position + 1);
    EXPECT_EQ(why["score"], pick["score"]);
    EXPECT_EQ(why["list"]["last"], list["items"][9]["item"]);
    EXPECT_TRUE(why["never"].is_null());
    EXPECT_LE(why["missing"].size(), 3U);
    const json longer = why_not(pick["item"], "1000");
    for (std::size_t i = 0; i < why["missing"].size(); ++i) EXPECT_EQ(why["missing"][i], longer["missing"][i]);
    for (const json& lift : longer["missing"]) {
      EXPECT_GT(lift["gain"], 0);
      EXPECT_GE(lift["rank"], 1);
      EXPECT_FALSE(history_of("reader-1").contains(lift["item"])) << "that is not missing";
    }
    for (const json& grounds : longer["against"]) EXPECT_LE(grounds["weight"], -0.05);
  }
  const json seen = why_not(*history_of("reader-1").begin(), "3");
  EXPECT_THAT(seen["never"], HasSubstr("consumed before"));
  const ProgramRun text = infodiet(
      {"explain", "--db", TrainedWorld::get().path(), "--user", "reader-1", "--why-not", list["items"][30]["item"]});
  EXPECT_THAT(text.out, HasSubstr("rank 31 of "));
  EXPECT_THAT(text.out, HasSubstr("to be among the first 10 its score would have to be"));
  EXPECT_THAT(text.out, HasSubstr("what is missing"));
}

TEST(RecommendCommand, TakesATitleThatOneItemHasAndNamesTheItemsOfOneThatSeveralHave) {
  const std::string path = TrainedWorld::get().path();
  const json pick = recommend({"--user", "reader-1", "-k", "1"})["items"][0];
  const ProgramRun by_title = infodiet({"similar", "--db", path, "--item", pick["title"], "--json"});
  const ProgramRun by_id = infodiet({"similar", "--db", path, "--item", pick["item"], "--json"});
  ASSERT_EQ(by_title.exit_code, 0) << by_title.err;
  EXPECT_EQ(by_title.out, by_id.out);
  EXPECT_EQ(recommend({"--history", pick["title"]}), recommend({"--history", pick["item"]}));

  const TemporaryFolder folder;
  const std::string twins = folder.write("items.csv", "item_id,title\na,Twins\nb,Twins\n");
  const std::string log = folder.write("log.csv", "user,item\nann,a\nann,b\n");
  ASSERT_EQ(infodiet({"import", log, twins, "--db", folder.file("twins.db")}).exit_code, 0);
  const ProgramRun run = infodiet({"recommend", "--db", folder.file("twins.db"), "--history", "Twins"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("2 items are called 'Twins'"));
  EXPECT_THAT(run.err, HasSubstr("'a', 'b'"));
}

TEST(RecommendCommand, NeverListsNorNamesWhatWasRatedLow) {
  const TemporaryFolder folder;
  std::string log = "user,item,rating,time\n";
  // Everybody goes from item 0 to 11; ann rates every other of her first eight low.
  for (int user = 0; user < 20; ++user) {
    for (int item = 0; item < 12 - (user == 0 ? 4 : 0); ++item) {
      log += fmt::format("{},film-{},{},{}\n", user == 0 ? "ann" : fmt::format("u{}", user), item,
                         user == 0 && item % 2 == 1 ? 2 : 4, 1'600'000'000 + 3600 * item + user);
    }
  }
  const std::string path = folder.file("films.db");
  ASSERT_EQ(infodiet({"import", folder.write("log.csv", log), "--db", path}).exit_code, 0);
  ASSERT_EQ(infodiet({"train", "--db", path, "--epochs", "3", "--repeats", "allow", "--quiet"}).exit_code, 0);
  const auto asked = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin() + 1, {"--db", path, "--user", "ann", "--json"});
    const ProgramRun run = infodiet(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return json::parse(run.out);
  };
  const std::set<std::string> low = {"film-1", "film-3", "film-5", "film-7"};
  const json list = asked({"recommend", "-k", "12"});
  EXPECT_EQ(list["items"].size(), 8U) << "what was rated low is not listed, although repeats are allowed";
  for (const json& pick : list["items"]) {
    EXPECT_FALSE(low.contains(pick["item"]));
    for (const json& reason : pick["because"]) EXPECT_FALSE(low.contains(reason["item"]));
    const json explanation = asked({"explain", "--item", pick["item"]});
    for (const json& reason : explanation["because"]) EXPECT_FALSE(low.contains(reason["item"]));
  }
  EXPECT_EQ(asked({"recommend", "-k", "12", "--liked", "any"})["items"].size(), 12U);
  EXPECT_EQ(asked({"recommend", "-k", "12", "--liked", "1"})["items"].size(), 12U);
  EXPECT_EQ(asked({"recommend", "-k", "12", "--liked", "5"})["items"].size(), 4U);
  EXPECT_EQ(infodiet({"recommend", "--db", path, "--user", "ann", "--liked", "some"}).exit_code, 2);
  EXPECT_THAT(asked({"explain", "--why-not", "film-1"})["never"], HasSubstr("rated low"));
}

TEST(RecommendCommand, BalancesTheListIfAsked) {
  const json plain = recommend({"--user", "reader-1", "-k", "10"});
  EXPECT_EQ(recommend({"--user", "reader-1", "-k", "10", "--diet", "0"})["items"], plain["items"]);
  const json balanced = recommend({"--user", "reader-1", "-k", "10", "--diet", "0.9"});
  EXPECT_EQ(balanced["items"].size(), 10U);
  EXPECT_NE(balanced["items"], plain["items"]);
  const ProgramRun refused =
      infodiet({"recommend", "--db", TrainedWorld::get().path(), "--user", "reader-1", "--diet", "2"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--diet"));
}

TEST(SimilarCommand, ListsOthersClosestFirst) {
  const ProgramRun run =
      infodiet({"similar", "--db", TrainedWorld::get().path(), "--item", "article-3", "-k", "5", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_EQ(result["item"], "article-3");
  ASSERT_EQ(result["items"].size(), 5U);
  double last = 1.001;
  for (const json& item : result["items"]) {
    EXPECT_NE(item["item"], "article-3");
    EXPECT_LE(item["similarity"], last);
    last = item["similarity"];
  }
  EXPECT_EQ(infodiet({"similar", "--db", TrainedWorld::get().path(), "--item", "no-such"}).exit_code, 3);
  EXPECT_EQ(infodiet({"similar", "--db", TrainedWorld::get().path()}).exit_code, 2);
}

TEST(SimilarCommand, KeepsWhatTitlesAndIdsHoldFromTheTerminal) {
  const std::string path = TrainedWorld::get().copy("hostile.db");
  {
    recsys::Database db(path, recsys::OpenMode::read_write);
    db.execute("UPDATE items SET title = 'wipe ' || char(27) || '[2J' WHERE key = 'article-3'");
    db.execute("UPDATE users SET key = 'r' || char(27) || '[2J' WHERE key = 'reader-9'");
  }
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"similar", "--db", path, "--item", "article-3"},
                                             {"explain", "--db", path, "--user", "reader-1", "--item", "article-3"},
                                             {"diet", "--db", path, "--user", "r\x1b[2J"},
                                             {"recommend", "--db", path, "--user", "no\x1b[2J"},
                                             {"forget", "--db", path, "--user", "r\x1b[2J"}}) {
    const ProgramRun run = infodiet(arguments);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ((run.out + run.err).find('\x1b'), std::string::npos) << arguments[0];
  }
}

TEST(ForgetCommand, ForgetsAndMarksTheModel) {
  const std::string path = TrainedWorld::get().copy("forget.db");
  const ProgramRun run = infodiet({"forget", "--db", path, "--user", "reader-1", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(run.out);
  EXPECT_GT(result["interactions"], 0);
  EXPECT_GE(result["models_marked"], 1);
  const ProgramRun again = infodiet({"forget", "--db", path, "--user", "reader-1"});
  EXPECT_EQ(again.exit_code, 3);
  EXPECT_THAT(again.err, HasSubstr("no user 'reader-1'"));
  EXPECT_THAT(infodiet({"info", "--db", path}).out, HasSubstr("forgotten since"));
  EXPECT_EQ(infodiet({"recommend", "--db", path, "--user", "reader-2"}).exit_code, 0);
  EXPECT_EQ(infodiet({"doctor", "--db", path}).exit_code, 0);
  const ProgramRun refused = infodiet({"evaluate", "--db", path});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("have changed"));
}

}  // namespace
}  // namespace infodiet::test
