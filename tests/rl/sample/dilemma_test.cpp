// The purpose of the sample world: a feed rewarded for minutes wins now, with worse articles and narrower diets.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "recsys/baselines/baselines.hpp"
#include "rl/policies/simple.hpp"
#include "rl/reward.hpp"
#include "rl/runs/diet_recorder.hpp"
#include "rl/runs/simulate.hpp"
#include "tests/rl/rollouts.hpp"
#include "tests/rl/sample_data.hpp"

namespace infodiet::rl {
namespace {

/// Shows the items of highest reward if consumed, ignoring how likely that is.
class EarnersPolicy final : public ObservingPolicy {
 public:
  explicit EarnersPolicy(const RewardWeights& reward) : reward_(reward) {}
  std::string name() const override { return "earners"; }

 private:
  void choose_one(const Observation& seen, engine::RandomStream&, std::span<Position> slate) const override {
    Consumption consumption(seen.attention);
    for (std::size_t t = 0; t < seen.step; ++t) {
      if (const Candidate* item = seen.chosen_at(t)) consumption.consume(*item);
    }
    std::vector<double> earned;
    for (const Candidate& item : seen.candidates) earned.push_back(consumption.reward(item, reward_));
    highest(earned, slate);
  }

  RewardWeights reward_;
};

struct Outcomes {
  Estimate minutes;
  Estimate nutrition;
  Estimate variety;
};

Estimate metric(const DietRecorder& recorder, const std::string& name) {
  const auto metrics = diet_metrics();
  const auto found = std::find_if(metrics.begin(), metrics.end(), [&](const DietMetric& m) { return m.name == name; });
  return recorder.summary(static_cast<std::size_t>(found - metrics.begin()))->estimate;
}

Outcomes outcomes_of(const CatalogueEnvironment& environment, const Policy& policy) {
  const SessionPlan plan{.seed = 1, .count = 300};
  DietRecorder recorder(plan);
  engine::ThreadPool pool(2);
  simulate(environment, policy, plan, pool, &recorder);
  return {metric(recorder, "terms.engagement"), metric(recorder, "consumed.nutrition"),
          metric(recorder, "consumed.effective_topics")};
}

TEST(SampleWorld, MakesMinutesAloneABadAdviser) {
  const DataWorld world = test::sample_data();
  const auto popularity = recsys::make_baseline("popularity", world.data);
  const CatalogueEnvironment environment = make_catalogue(world, *popularity, {}, {.engagement = 1});
  const Outcomes random = outcomes_of(environment, RandomPolicy());
  const Outcomes minutes = outcomes_of(environment, EarnersPolicy({.engagement = 1}));
  const Outcomes with_quality = outcomes_of(environment, EarnersPolicy({.engagement = 1, .quality = 12}));
  const Outcomes with_diversity = outcomes_of(environment, EarnersPolicy({.engagement = 1, .diversity = 12}));
  test::expect_more(minutes.minutes, random.minutes);
  test::expect_more(minutes.minutes, with_quality.minutes);
  test::expect_more(random.nutrition, minutes.nutrition);
  test::expect_more(random.variety, minutes.variety);
  test::expect_more(with_quality.nutrition, random.nutrition);
  test::expect_more(with_diversity.variety, minutes.variety);
}

}  // namespace
}  // namespace infodiet::rl
