#include "recsys/store/served_arms.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "recsys/store/slates.hpp"

namespace infodiet::recsys {
namespace {

// Lists of one person, the first `taken` of them with something taken.
void serve(Database& db, const std::string& arm, std::int64_t person, int lists, int taken) {
  SlateWriter writer(db, {.source = SlateSource::service, .policy = arm});
  const std::vector<double> shown{1, 2};
  for (int i = 0; i < lists; ++i) {
    KeptSlate slate{.session = writer.new_session(), .person = person, .candidates = shown, .slate = shown};
    if (i < taken) slate.chosen = 1;
    writer.add(slate);
  }
}

TEST(ServedArms, AreSharesWithIntervalsOverPeople) {
  Database db = Database::in_memory();
  serve(db, "attention", 1, 4, 2);
  serve(db, "attention", 2, 6, 1);
  serve(db, "attention", 3, 2, 2);
  serve(db, "agent", 4, 3, 0);
  const std::vector<ServedArm> arms = served_arms(db);
  ASSERT_EQ(arms.size(), 2U);
  EXPECT_EQ(arms[0].name, "agent");
  EXPECT_EQ(arms[0].lists, 3);
  EXPECT_EQ(arms[0].share, 0);
  EXPECT_EQ(arms[0].low, 0);
  EXPECT_EQ(arms[0].high, 1);
  EXPECT_EQ(arms[1].people, 3);
  EXPECT_EQ(arms[1].taken, 5);
  EXPECT_DOUBLE_EQ(arms[1].share, 5.0 / 12);
  // By hand: residuals 2 - 4 s, 1 - 6 s, 2 - 2 s.
  const double s = 5.0 / 12;
  const double squares = std::pow(2 - 4 * s, 2) + std::pow(1 - 6 * s, 2) + std::pow(2 - 2 * s, 2);
  const double error = std::sqrt(3.0 / 2 * squares) / 12;
  EXPECT_NEAR(arms[1].low, std::max(0.0, s - 1.96 * error), 1e-12);
  EXPECT_NEAR(arms[1].high, std::min(1.0, s + 1.96 * error), 1e-12);
}

TEST(ServedArms, AreOfTheServiceAlone) {
  Database db = Database::in_memory();
  SlateWriter writer(db, {.source = SlateSource::import, .policy = "theirs", .content = "a digest"});
  const std::vector<double> shown{1};
  writer.add({.candidates = shown, .slate = shown});
  EXPECT_TRUE(served_arms(db).empty());
}

}  // namespace
}  // namespace infodiet::recsys
