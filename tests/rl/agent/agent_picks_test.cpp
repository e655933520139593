#include "rl/agent/agent_picks.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "rl/agent/held_out.hpp"
#include "rl/answers/view.hpp"
#include "tests/rl/answers/answered_world.hpp"

namespace infodiet::rl {
namespace {

using Items = std::vector<recsys::ItemIndex>;

CatalogueAgent untrained(const CatalogueOptions& options = {}) {
  return {std::make_shared<AgentModel>(AgentConfig{.topics = 3, .scores = ScoreInput::told}, 1), options};
}

/// All items, better the later.
std::vector<recsys::ScoredItem> offers() {
  std::vector<recsys::ScoredItem> all;
  for (recsys::ItemIndex item = test::AnsweredWorld::items; item-- > 0;)
    all.push_back({item, 0.1F * static_cast<float>(item)});
  return all;
}

class AgentPicks : public testing::Test {
 protected:
  const test::AnsweredWorld world_;
  const recsys::Database db_{world_.path, recsys::OpenMode::read_only};
  const View view_{db_};

  std::vector<recsys::ScoredItem> picks(const CatalogueAgent& agent, const Items& history) const {
    return agent_picks(agent, view_.world(), history, offers(), 5);
  }
};

TEST_F(AgentPicks, AreTheBestOfTheOffersBestFirst) {
  const auto list = picks(untrained(), {0, 1, 2});
  ASSERT_EQ(list.size(), 5U);
  EXPECT_TRUE(std::is_sorted(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.score > b.score; }));
  EXPECT_EQ(list, picks(untrained(), {0, 1, 2}));
}

TEST_F(AgentPicks, DependOnWhatWasTakenInLately) {
  const auto list = picks(untrained(), {0, 1, 2, 3, 4, 5, 6, 7});
  EXPECT_NE(list, picks(untrained(), {7, 1, 2, 3, 4, 5, 6, 0})) << "the same interest, another session";
  EXPECT_NE(list, picks(untrained(), {9, 1, 5, 3, 4, 2, 6, 7})) << "the same last items, another interest or order";
  EXPECT_EQ(picks(untrained(), {}).size(), 5U) << "nobody's session has not begun";
}

TEST_F(AgentPicks, AreMadeWithTheSettingsItLearnedWith) {
  const Items history{0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_NE(picks(untrained(), history), picks(untrained({.steps = 6}), history));
  EXPECT_NE(picks(untrained(), history), picks(untrained({.attention = 2}), history));
}

TEST_F(AgentPicks, HoldWhatIsHeldOutAsOftenAsCounted) {
  engine::ThreadPool pool(2);
  const recsys::Dataset& data = view_.histories();
  const std::vector<recsys::EvaluationCase> cases = recsys::test_cases(data, {});
  const CatalogueAgent agent = untrained({.candidates = 20});
  const HeldOutHits hits =
      held_out_hits(agent, view_.world(), view_.popularity(), cases, recsys::Repeats::forbid, pool);
  EXPECT_GT(hits.recommender, 0);
  EXPECT_GT(hits.agent, 0);
  const HeldOutHits few = held_out_hits(untrained({.candidates = 10}), view_.world(), view_.popularity(), cases,
                                        recsys::Repeats::forbid, pool);
  EXPECT_EQ(few.agent, few.recommender) << "of ten offers all are in a list of ten";
}

}  // namespace
}  // namespace infodiet::rl
