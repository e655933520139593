#include "rl/agent/reward_forecast.hpp"

#include <gtest/gtest.h>

#include <array>
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

// Root mean square errors of the line and of the regression of logarithms, relative to what is expected, after 100
// lessons of 200 numbers exp(2 + .3 x - .2 y + noise) or, with an even noise, those without the noise plus it.
std::array<double, 2> errors_of_lines(bool multiplies) {
  constexpr std::size_t count = 200;
  LinearForecast line(3);
  LogForecast logarithms(3);
  engine::RandomStream stream(11, engine::Purpose::test);
  engine::Matrix<float> terms({count, 3});
  std::vector<double> truth(count);
  std::vector<double> seen(count);
  for (std::uint32_t lesson = 0; lesson < 100; ++lesson) {
    for (std::size_t r = 0; r < count; ++r) {
      terms(r, 0) = 1;
      for (std::size_t i = 1; i < 3; ++i) terms(r, i) = static_cast<float>(stream.normal());
      const double mean = std::exp(2 + 0.3 * static_cast<double>(terms(r, 1)) - 0.2 * static_cast<double>(terms(r, 2)));
      const double noise = stream.normal();
      seen[r] = multiplies ? mean * std::exp(noise) : mean + 10 * noise;
      truth[r] = multiplies ? mean * std::exp(0.5) : mean;
    }
    line.learn(terms, seen);
    logarithms.learn(terms, seen, lesson);
  }
  std::vector<double> by_line(count);
  std::vector<double> by_logarithms(count);
  line.expect(terms, by_line);
  logarithms.expect(terms, by_logarithms);
  std::array<double, 2> errors{};
  for (std::size_t r = 0; r < count; ++r) {
    errors[0] += std::pow(by_line[r] / truth[r] - 1, 2) / count;
    errors[1] += std::pow(by_logarithms[r] / truth[r] - 1, 2) / count;
  }
  return {std::sqrt(errors[0]), std::sqrt(errors[1])};
}

TEST(LogForecast, IsExactWhereNoiseMultipliesAndNotWhereItAdds) {
  const auto [line, logarithms] = errors_of_lines(true);
  EXPECT_LT(logarithms, 0.05) << "an error of 1 / sqrt(20000) in each of three terms is .012";
  EXPECT_LT(logarithms, line / 2);
  const auto [line_of_sum, logarithms_of_sum] = errors_of_lines(false);
  EXPECT_GT(logarithms_of_sum, line_of_sum);
}

TEST(LogForecast, StaysWithinWhatWasSeen) {
  LogForecast forecast(2);
  const engine::Matrix<float> terms{{1.0F, 0.0F}, {1.0F, 1.0F}};
  forecast.learn(terms, std::vector<double>{1, 10}, 0);
  const engine::Matrix<float> far{{1.0F, 1e6F}};
  std::vector<double> expected(1);
  forecast.expect(far, expected);
  EXPECT_NEAR(expected[0], 10, 1e-9);
}

TEST(LogForecast, IsRightOnAverageForRewardsOfAnySign) {
  LogForecast forecast(1);
  const engine::Matrix<float> one{{1.0F}, {1.0F}};
  std::vector<double> expected(2, -1);
  forecast.expect(one, expected);
  EXPECT_EQ(expected[0], 0) << "nothing was learned";
  for (std::uint32_t lesson = 0; lesson < 2000; ++lesson) forecast.learn(one, std::vector<double>{-30, -10}, lesson);
  forecast.expect(one, expected);
  EXPECT_NEAR(expected[0], -20, 0.4) << "a ridge of 30 rows among 4,000 was larger in early lessons";
}

struct Rewards {
  double noise = 0;
  double bend = 0;     ///< of what is expected
  double factors = 0;  ///< standard deviation of the logarithm of a factor
};

struct Errors {
  double together = 0;
  double network = 0;
  double line = 0;
};

// Root mean square errors after 80 lessons of 500 rewards: of what all predict together, of a network alone, and of the
// line alone.
Errors errors_with(const Rewards& rewards) {
  const AgentFeatures features(0, ScoreInput::hidden, SessionSums::yes);
  const std::size_t states_size = features.state_size();
  const std::size_t items_size = features.candidate_size();
  const ForecastOptions options{.state_features = states_size, .item_features = items_size, .width = 16};
  const Forecast::Manner manner{.remembered = 80, .rounds = 8, .scale_kept = 0.995, .average = 0.99};
  RewardForecast forecast(features, options, manner, 7);
  Forecast network(options, manner, 1, 7);
  LinearForecast line(features.term_size());
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
      if (rewards.factors > 0) truth[r] = std::exp(truth[r] / 10);
      const double factor = std::exp(rewards.factors * stream.normal() - rewards.factors * rewards.factors / 2);
      seen.push_back(truth[r] * factor + rewards.noise * stream.normal());
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
    engine::Matrix<float> terms({count, line.terms()});
    for (std::size_t r = 0; r < count; ++r) {
      features.of_terms({&states(r, 0), states_size}, {&items(r, 0), items_size}, {&terms(r, 0), line.terms()});
    }
    line.learn(terms, seen);
    line.expect(terms, expected);
    errors.line = error();
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

TEST(RewardForecast, TrustsLogarithmsWhereNoiseMultiplies) {
  const Errors skewed = errors_with({.factors = 1});
  EXPECT_LT(skewed.together, skewed.line / 1.3);
  EXPECT_LT(skewed.together, skewed.network / 1.3);
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
       .products = whole.line().products(),
       .logarithms = whole.logarithms().state(),
       .shares = whole.shares()});
  std::vector<double> expected(9);
  std::vector<double> again(9);
  for (RewardForecast* forecast : {&whole, &later}) forecast->learn({states, items}, seen, {.rate = 0.01, .update = 3});
  whole.expect({states, items}, expected);
  later.expect({states, items}, again);
  EXPECT_EQ(again, expected);
}

}  // namespace
}  // namespace infodiet::rl
