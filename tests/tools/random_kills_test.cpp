// One file, on which program after program is killed at a random time: it then equals a model of it in memory, with the
// killed command done or not begun; the next command answers or refuses, and `doctor` finds nothing. The number of
// kills is the environment variable INFODIET_KILLS.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "engine/random.hpp"
#include "recsys/store/database.hpp"
#include "tests/support/attack.hpp"
#include "tests/support/read_file.hpp"
#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

using recsys::Database;
using recsys::OpenMode;
using recsys::Statement;

constexpr int killed_status = 128 + SIGKILL;

/// The content that the commands change.
struct Contents {
  std::set<std::tuple<std::string, std::string, std::int64_t>> interactions;  ///< user, item, time
  std::set<std::string> users;
  std::multiset<std::int64_t> runs;  ///< sessions of each that is stored
  friend bool operator==(const Contents&, const Contents&) = default;
};

Contents read_contents(const std::string& path) {
  const Database db(path, OpenMode::read_only);
  Contents contents;
  Statement interactions = db.prepare(
      "SELECT users.key, items.key, time FROM interactions JOIN users ON users.id = user_id JOIN items ON items.id = "
      "item_id");
  while (interactions.step()) {
    contents.interactions.emplace(interactions.text(0), interactions.text(1), interactions.integer(2));
  }
  Statement users = db.prepare("SELECT key FROM users");
  while (users.step()) contents.users.emplace(users.text(0));
  Statement runs =
      db.prepare("SELECT count(sessions.id) FROM runs LEFT JOIN sessions ON run_id = runs.id GROUP BY runs.id");
  while (runs.step()) contents.runs.insert(runs.integer(0));
  return contents;
}

/// A command that changes the file, how long it may take, and what the file holds after it.
struct Work {
  std::vector<std::string> arguments;
  std::uint64_t milliseconds;
  Contents after;
};

class RandomKills : public testing::Test {
 protected:
  RandomKills() : contents_(read_contents(path_)) {}

  std::uint64_t below(std::uint64_t n) { return stream_.below(n); }

  std::string some_user() {
    return *std::next(contents_.users.begin(), static_cast<long>(below(contents_.users.size())));
  }

  Work import() {
    Work work{{"import", folder_.file("log.csv"), "--db", path_}, 60, contents_};
    std::string log = "user,item,time\n";
    for (std::uint64_t rows = 1 + below(300); rows > 0; --rows) {
      const std::string user = below(2) == 0 ? some_user() : "new-" + std::to_string(below(100));
      const std::string item = "article-" + std::to_string(1 + below(90));
      const auto time = static_cast<std::int64_t>(1'700'000'000 + below(1'000'000));
      work.after.interactions.emplace(user, item, time);
      work.after.users.insert(user);
      log += fmt::format("{},{},{}\n", user, item, time);
    }
    folder_.write("log.csv", log);
    return work;
  }

  Work forget() {
    const std::string user = some_user();
    Work work{{"forget", "--db", path_, "--user", user}, 60, contents_};
    work.after.users.erase(user);
    std::erase_if(work.after.interactions, [&](const auto& row) { return std::get<0>(row) == user; });
    return work;
  }

  Work simulate() {
    const std::uint64_t people = 1 + below(50);
    Work work{{"simulate", "--db", path_, "--environment", "drift", "--policy", "random", "--users",
               std::to_string(people), "--seed", std::to_string(below(1000))},
              150,
              contents_};
    work.after.runs.insert(static_cast<std::int64_t>(people));
    return work;
  }

  Work train() {
    return {{"train", "--db", path_, "--set", quick_model, "--epochs", "2", "--seed", std::to_string(below(1000))},
            300,
            contents_};
  }

  Work any_work() {
    switch (below(4)) {
      case 0:
        return import();
      case 1:
        return forget();
      case 2:
        return simulate();
      default:
        return train();
    }
  }

  /// A command that only reads, with options that may make no sense.
  std::vector<std::string> any_question() {
    const std::string item = "article-" + std::to_string(below(100));
    const std::vector<std::vector<std::string>> questions{{"info"},
                                                          {"models"},
                                                          {"recommend", "--user", some_user()},
                                                          {"diet", "--all"},
                                                          {"find", "the"},
                                                          {"recommend", "--history", item + ",nothing"},
                                                          {"similar", item},
                                                          {"evaluate"},
                                                          {"explain", "--user", some_user(), "--item", item},
                                                          {"similar", "--item", item}};
    const std::vector<std::vector<std::string>> options{{"--json"},
                                                        {"--quiet"},
                                                        {"--threads", std::to_string(below(5))},
                                                        {"--seed", std::to_string(below(9))},
                                                        {"-k", std::to_string(below(70))},
                                                        {"--no-such-option"}};
    std::vector<std::string> question = questions[below(questions.size())];
    question.insert(question.end(), {"--db", path_});
    for (std::uint64_t more = below(3); more > 0; --more) {
      const std::vector<std::string>& option = options[below(options.size())];
      question.insert(question.end(), option.begin(), option.end());
    }
    return question;
  }

  /// `doctor` finds nothing, or an interrupted `forget`, which repeating it completes.
  void expect_sound(const Work& work) {
    const ProgramRun doctor = infodiet({"doctor", "--db", path_});
    if (doctor.exit_code == 0) return;
    EXPECT_EQ(work.arguments.front(), "forget") << doctor.out << doctor.err;
    EXPECT_THAT(doctor.out + doctor.err, testing::HasSubstr("forgetting somebody was interrupted"));
    infodiet(work.arguments);
    const ProgramRun again = infodiet({"doctor", "--db", path_});
    EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
    EXPECT_EQ(read_contents(path_), work.after);
  }

  /// Returns whether the command was killed before it ended.
  bool kill_one() {
    const Work work = any_work();
    const ProgramRun run =
        infodiet(work.arguments, {.signal_after = std::chrono::milliseconds(below(work.milliseconds))});
    EXPECT_TRUE(run.exit_code == 0 || run.exit_code == killed_status) << work.arguments.front() << ": " << run.err;
    const std::vector<std::string> question = any_question();
    const ProgramRun answer = infodiet(question);
    EXPECT_LE(answer.exit_code, 3) << testing::PrintToString(question) << answer.err;
    const Contents found = read_contents(path_);
    EXPECT_TRUE(found == work.after || (run.exit_code == killed_status && found == contents_))
        << testing::PrintToString(work.arguments);
    expect_sound(work);
    contents_ = read_contents(path_);
    return run.exit_code == killed_status;
  }

  TemporaryFolder folder_;
  std::string path_ = TrainedWorld::get().copy("killed.db");
  engine::RandomStream stream_{25, engine::Purpose::test};
  Contents contents_;
};

TEST_F(RandomKills, LeaveWhatAModelInMemoryHolds) {
  const long wanted = attacks_asked("INFODIET_KILLS", 8);
  long kills = 0;
  for (long round = 0; kills < wanted && !HasFailure(); ++round) {
    SCOPED_TRACE("seed 25, round " + std::to_string(round));
    kills += kill_one() ? 1 : 0;
    ASSERT_LT(round, 20 * wanted + 100) << "works end before they are killed";
  }
  tell_of_attack(std::to_string(kills) + " kills at random times");
}

}  // namespace
}  // namespace infodiet::test
