#include "rl/agent/reward_forecast.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/errors.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::rl {
namespace {

TEST(LinearForecast, FindsTheLineThroughAllLessons) {
  // Seen is 4 - 2 x + .5 y, without noise. The third column is never used, and y only in the second lesson.
  LinearForecast forecast(4);
  const auto rows = [](const std::vector<std::array<float, 2>>& points) {
    engine::Matrix<float> terms({points.size(), 4});
    for (std::size_t r = 0; r < points.size(); ++r) {
      terms(r, 0) = 1;
      terms(r, 1) = points[r][0];
      terms(r, 2) = 0;
      terms(r, 3) = points[r][1];
    }
    return terms;
  };
  const auto asked = rows({{1, 2}, {0, -1}});
  std::vector<double> expected(2, -1);
  forecast.expect(asked, expected);
  EXPECT_EQ(expected, std::vector<double>(2)) << "nothing was learned";

  engine::RandomStream stream(3, engine::Purpose::test);
  for (const bool both : {false, true}) {
    std::vector<std::array<float, 2>> points;
    std::vector<double> seen;
    for (int r = 0; r < 100'000; ++r) {
      const auto x = static_cast<float>(stream.normal());
      const float y = both ? static_cast<float>(stream.normal()) : 0;
      points.push_back({x, y});
      seen.push_back(4 - 2 * static_cast<double>(x) + 0.5 * static_cast<double>(y));
    }
    const auto terms = rows(points);
    forecast.learn(terms, seen);
  }
  forecast.expect(asked, expected);
  EXPECT_NEAR(expected[0], 3, 2e-3);  // a ridge of 30 rows among 200,000
  EXPECT_NEAR(expected[1], 3.5, 2e-3);

  LinearForecast later(4);
  later.restore(forecast.products());
  std::vector<double> again(2);
  later.expect(asked, again);
  EXPECT_EQ(again, expected);
  EXPECT_THROW(later.restore(std::vector<double>(9)), ShapeError);
  std::vector<double> no_sums(25, 1e6);
  no_sums[6] = 1;  // a sum of squares far below that of products
  EXPECT_THROW(later.restore(no_sums), Error);
}

struct Rewards {
  double noise = 0;
  double bend = 0;  ///< of what is expected
};

struct Errors {
  double together = 0;
  double network = 0;
};

// Root mean square errors after 80 lessons of 500 rewards: of what both predict together, and of a network alone.
Errors errors_with(const Rewards& rewards) {
  const AgentFeatures features(0, ScoreInput::hidden, SessionSums::yes);
  const std::size_t states_size = features.state_size();
  const std::size_t items_size = features.candidate_size();
  const ForecastOptions options{.state_features = states_size, .item_features = items_size, .width = 16};
  const Forecast::Manner manner{.remembered = 80, .rounds = 8, .scale_kept = 0.995, .average = 0.99};
  RewardForecast forecast(features, options, manner, 7);
  Forecast network(options, manner, 1, 7);
  engine::RandomStream stream(5, engine::Purpose::test);
  Errors errors;
  for (std::uint32_t update = 0; update < 80; ++update) {
    constexpr std::size_t count = 500;
    const auto states = test::normal_matrix<float>(count, states_size, stream);
    const auto items = test::normal_matrix<float>(count, items_size, stream);
    std::vector<double> truth;
    std::vector<double> seen;
    for (std::size_t r = 0; r < count; ++r) {
      const auto total = static_cast<double>(states(r, 1));
      const auto quality = static_cast<double>(items(r, 1));
      truth.push_back(10 + total + quality + 0.5 * total * quality + rewards.bend * std::cos(3 * total));
      seen.push_back(truth[r] + rewards.noise * stream.normal());
    }
    const Forecast::Lesson lesson{.rate = 0.01, .seed = 3, .update = update};
    forecast.learn({states, items}, seen, lesson);
    network.follow({seen.data(), count, 1});
    network.learn({states, items}, seen, lesson);
    std::vector<double> expected(count);
    const auto error = [&] {
      double squares = 0;
      for (std::size_t r = 0; r < count; ++r) squares += std::pow(expected[r] - truth[r], 2) / count;
      return std::sqrt(squares);
    };
    forecast.expect({states, items}, expected);
    errors.together = error();
    network.expect({states, items}, expected);
    errors.network = error();
  }
  return errors;
}

TEST(RewardForecast, TrustsTheNetworkOnlyWhereItKnowsMore) {
  const Errors noisy = errors_with({.noise = 20});
  EXPECT_LT(noisy.together, 1.8) << "147 terms from 40,000 rewards alone: 20 sqrt(147 / 40000) = 1.2";
  EXPECT_LT(noisy.together, noisy.network / 1.5);
  const Errors bent = errors_with({.noise = 0.1, .bend = 4});
  EXPECT_LT(bent.together, 1.1 * bent.network);
  EXPECT_LT(bent.together, 2) << "what bends has a standard deviation of 2.8";
}

TEST(RewardForecast, GoesOnFromAState) {
  const AgentFeatures features(1, ScoreInput::hidden, SessionSums::yes);
  const ForecastOptions options{.state_features = features.state_size(), .item_features = features.candidate_size()};
  const Forecast::Manner manner{.remembered = 4};
  engine::RandomStream stream(6, engine::Purpose::test);
  const auto states = test::normal_matrix<float>(9, options.state_features, stream);
  const auto items = test::normal_matrix<float>(9, options.item_features, stream);
  std::vector<double> seen(9);
  for (double& value : seen) value = stream.normal();
  RewardForecast whole(features, options, manner, 7);
  for (std::uint32_t update = 0; update < 3; ++update)
    whole.learn({states, items}, seen, {.rate = 0.01, .update = update});
  RewardForecast later(features, options, manner, 8);
  const Forecast& network = whole.network();
  later.restore(
      {.network = {network.parameters(), network.moments(), network.averaged(), network.scale(), network.past()},
       .products = whole.linear().products(),
       .gain = whole.gain()});
  std::vector<double> expected(9);
  std::vector<double> again(9);
  for (RewardForecast* forecast : {&whole, &later}) forecast->learn({states, items}, seen, {.rate = 0.01, .update = 3});
  whole.expect({states, items}, expected);
  later.expect({states, items}, again);
  EXPECT_EQ(again, expected);
}

}  // namespace
}  // namespace infodiet::rl
