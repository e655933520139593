// Corrupted bytes: `infodiet doctor` notices them, or all answers stay the same; no command crashes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "engine/random.hpp"
#include "tests/support/read_file.hpp"
#include "tests/tools/trained_world.hpp"

namespace infodiet::test {
namespace {

std::vector<std::vector<std::string>> questions(const std::string& db, const std::string& export_to) {
  return {{"info", "--db", db, "--json"},
          {"recommend", "--db", db, "--user", "reader-3", "--json"},
          {"explain", "--db", db, "--user", "reader-3", "--item", "article-7", "--json"},
          {"evaluate", "--db", db, "--json", "--threads", "1"},
          {"diet", "--db", db, "--user", "reader-3", "--json"},
          {"export", "--db", db, "--recommendations", export_to, "--json", "--threads", "1"}};
}

/// The answers of several commands.
std::vector<ProgramRun> ask(const std::string& db, const TemporaryFolder& folder) {
  std::vector<ProgramRun> answers;
  const std::string lists = folder.file("lists.csv");
  for (const std::vector<std::string>& question : questions(db, lists)) answers.push_back(infodiet(question));
  if (answers.back().exit_code == 0) answers.back().out += read_file(lists);
  return answers;
}

/// A library's internal exception, which does not say what is wrong with the file.
bool is_bare(const std::string& message) {
  for (const char* trace : {"json.exception", "basic_string", "vector::", "std::", "map::at", "stoi", "stod", "bad_"}) {
    if (message.find(trace) != std::string::npos) return true;
  }
  return false;
}

void expect_a_sentence(const ProgramRun& run) {
  constexpr int damaged = 4;
  EXPECT_LE(run.exit_code, damaged) << run.err;
  if (run.exit_code != 0) {
    EXPECT_THAT(run.err, testing::HasSubstr("infodiet: "));
  }
  EXPECT_FALSE(is_bare(run.err)) << run.err;
}

class Damage : public testing::Test {
 protected:
  void flip(std::uint64_t seed) {
    std::string bytes = whole_;
    engine::RandomStream stream(seed, engine::Purpose::test);
    const std::size_t at = stream.below(bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1 + stream.below(255)));
    SCOPED_TRACE("seed " + std::to_string(seed) + ", byte " + std::to_string(at));
    const std::string path = folder_.write("flipped.db", bytes);
    const ProgramRun doctor = infodiet({"doctor", "--db", path, "--json"});
    EXPECT_TRUE(doctor.exit_code == 0 || doctor.exit_code == 4) << doctor.err;
    expect_a_sentence({.exit_code = doctor.exit_code, .err = doctor.exit_code == 4 ? "infodiet: " + doctor.err : ""});
    const std::vector<ProgramRun> answers = ask(path, folder_);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      expect_a_sentence(answers[i]);
      if (doctor.exit_code == 0) {
        EXPECT_EQ(answers[i].out, before_[i].out) << "and doctor finds the file sound";
      }
    }
    noticed_ += doctor.exit_code == 4 ? 1 : 0;
  }

  TemporaryFolder folder_;
  std::string whole_ = read_file(TrainedWorld::get().path());
  std::vector<ProgramRun> before_ = ask(folder_.write("flipped.db", whole_), folder_);
  int noticed_ = 0;
};

// The environment variable INFODIET_FLIPS selects the long form.
TEST_F(Damage, OfAnyByteIsNoticedOrWithoutEffect) {
  for (const ProgramRun& answer : before_) ASSERT_EQ(answer.exit_code, 0) << answer.err;
  const char* const asked = std::getenv("INFODIET_FLIPS");
  const std::uint64_t flips = asked != nullptr ? std::stoull(asked) : 10;
  for (std::uint64_t seed = 0; seed < flips; ++seed) flip(seed);
  EXPECT_GT(noticed_, 0) << "much of a file is free, but not all";
  RecordProperty("noticed", noticed_);
}

}  // namespace
}  // namespace infodiet::test
