#include <gtest/gtest.h>

#include <functional>

#include "recsys/errors.hpp"
#include "rl/environments/choc_kale.hpp"
#include "rl/environments/drift.hpp"
#include "rl/environments/registry.hpp"
#include "rl/policies/registry.hpp"
#include "tests/rl/catalogue_world.hpp"
#include "tests/rl/rollouts.hpp"

namespace infodiet::rl {
namespace {

std::string error_of(const std::function<void()>& attempt) {
  try {
    attempt();
  } catch (const recsys::SettingError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(EnvironmentRegistry, MakesEveryEnvironmentWithoutDataByName) {
  const std::vector<std::string> short_sessions{"steps=3"};
  for (const KnownEnvironment& known : known_environments()) {
    EXPECT_FALSE(known.assumptions.empty());
    EXPECT_FALSE(known.settings.empty());
    if (known.of_data()) continue;
    const auto environment = make_environment(known.name, short_sessions);
    EXPECT_EQ(environment->name(), known.name);
    EXPECT_EQ(environment->assumptions(), known.assumptions);
    EXPECT_EQ(environment->shape().steps, 3U);
  }
}

TEST(EnvironmentRegistry, ListsWhatIsKnown) {
  EXPECT_EQ(
      error_of([] { make_environment("broccoli", {}); }),
      "there is no environment \"broccoli\": expected one of choc-kale, satiation, exploration, drift, catalogue");
  EXPECT_NE(error_of([] { make_environment("catalogue", {}); }).find("needs a data set"), std::string::npos);
}

TEST(PolicyRegistry, MakesEveryPolicyWhereItCanBeHad) {
  const Catalogue catalogue = test::world_catalogue();
  const CatalogueEnvironment environment =
      test::world_environment(catalogue, {.engagement = 1}, {.candidates = 20, .slate = 4, .steps = 5});
  engine::ThreadPool pool(2);
  for (const KnownPolicy& known : known_policies()) {
    if (known.name == "optimum" || known.name == "most-varied") continue;
    const auto policy = make_policy(known.name, {environment, nullptr, pool});
    EXPECT_EQ(policy->name(), known.name);
    EXPECT_GT(test::mean_return(environment, *policy, 50).mean, 0) << known.name;
  }
  const ChocKale simple({.steps = 3});
  const auto optimum = simple.solve();
  EXPECT_EQ(make_policy("optimum", {simple, optimum.get(), pool})->name(), "optimum");
  const Drift drift({.steps = 3});
  EXPECT_EQ(make_policy("most-varied", {drift, nullptr, pool})->name(), "most-varied");
}

TEST(PolicyRegistry, SaysWhatIsInTheWay) {
  const ChocKale environment;
  engine::ThreadPool pool(1);
  const PolicySources sources{environment, nullptr, pool};
  EXPECT_NE(error_of([&] { make_policy("popular", sources); }).find("no popularity"), std::string::npos);
  EXPECT_NE(error_of([&] { make_policy("mmr", sources); }).find("no topics"), std::string::npos);
  EXPECT_NE(error_of([&] { make_policy("optimum", sources); }).find("not known"), std::string::npos);
  EXPECT_NE(error_of([&] { make_policy("most-varied", sources); }).find("tastes of drift"), std::string::npos);
  EXPECT_EQ(
      error_of([&] { make_policy("best", sources); }),
      "there is no policy \"best\": expected one of random, popular, greedy, epsilon-greedy, mmr, dpp, calibrated, "
      "most-varied, slateq, optimum");
  EXPECT_NE(error_of([&] { make_policy("mmr", sources, {.epsilon = 2}); }).find("epsilon"), std::string::npos);
}

}  // namespace
}  // namespace infodiet::rl
