#include "rl/agent/forecast.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/errors.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::rl {
namespace {

TEST(ForecastNetwork, GradientsMatchDifferences) {
  engine::RandomStream stream(2, engine::Purpose::test);
  const ForecastNetwork<double> network({.state_features = 4, .item_features = 3, .width = 6});
  auto parameters = engine::initialise<double>(network.layout(), 3);
  for (double& value : parameters.flat()) value += 0.2 * stream.normal();
  const auto states = test::normal_matrix<double>(5, 4, stream);
  const auto items = test::normal_matrix<double>(5, 3, stream);
  const auto aims = test::normal_matrix<double>(5, 1, stream);
  ForecastNetwork<double>::Cache cache;
  engine::Workspace<double> workspace;
  engine::Matrix<double> scores;
  const ForecastInputs<double> in{states, items};
  const auto loss = [&] {
    network.score({parameters, workspace}, in, cache, scores);
    double sum = 0;
    for (std::size_t r = 0; r < 5; ++r) sum += std::pow(scores(r, 0) - aims(r, 0), 2) / 2;
    return sum;
  };
  loss();
  engine::Matrix<double> dscores = scores;
  for (std::size_t r = 0; r < 5; ++r) dscores(r, 0) -= aims(r, 0);
  engine::Parameters<double> gradients(network.layout());
  network.score_backward({parameters, workspace, {}, &gradients}, in, cache, dscores);
  std::vector<test::Differentiated> blocks;
  test::add_parameters(blocks, network.layout(), parameters, gradients);
  EXPECT_TRUE(test::gradients_match(blocks, loss));

  const auto fewer = test::normal_matrix<double>(4, 3, stream);
  EXPECT_THROW(network.score({parameters, workspace}, {states, fewer}, cache, scores), ShapeError);
}

TEST(Forecast, LearnsWhatIsToBeExpectedFromWhatVaries) {
  // The value of step 0 is 50 + 3 x, that of step 1 only 20, and the noise is as large as all differences. The item
  // tells the steps apart.
  engine::RandomStream stream(5, engine::Purpose::test);
  Forecast forecast({.state_features = 2, .item_features = 1, .width = 8}, {.remembered = 4, .rounds = 8}, 2, 7);
  constexpr std::size_t sessions = 200;
  std::vector<double> expected(2 * sessions);
  for (int update = 0; update < 60; ++update) {
    const auto states = test::normal_matrix<float>(2 * sessions, 2, stream);
    engine::Matrix<float> items;
    items.resize({2 * sessions, 1});
    std::vector<double> truth;
    std::vector<double> seen;
    for (std::size_t r = 0; r < 2 * sessions; ++r) {
      items(r, 0) = r % 2 == 0 ? 1 : 0;
      truth.push_back(r % 2 == 0 ? 50 + 3 * static_cast<double>(states(r, 0)) : 20);
      seen.push_back(truth[r] + 3 * stream.normal());
    }
    forecast.follow({seen.data(), sessions, 2});
    forecast.expect({states, items}, expected);
    if (update == 59) {
      double squares = 0;
      for (std::size_t r = 0; r < truth.size(); ++r) squares += std::pow(expected[r] - truth[r], 2);
      EXPECT_LT(std::sqrt(squares / static_cast<double>(truth.size())), 1);
    }
    forecast.learn({states, items}, seen, {.rate = 0.01, .seed = 3, .update = static_cast<std::uint32_t>(update)});
  }
}

TEST(Forecast, PredictsWithTheMeanOfItsWeightsAndOfWhatItSaw) {
  // While they are young, running means weigh all alike: two steps, and the means 4 and 2 of what was seen.
  engine::RandomStream stream(6, engine::Purpose::test);
  const Forecast::Manner manner{.remembered = 4, .rounds = 1, .scale_kept = 0.995, .average = 0.9};
  Forecast forecast({.state_features = 2, .item_features = 1, .width = 4}, manner, 1, 7);
  const auto states = test::normal_matrix<float>(3, 2, stream);
  const auto items = test::normal_matrix<float>(3, 1, stream);
  const std::vector<std::vector<double>> seen{{3, 4, 5}, {0, 2, 4}};
  std::vector<engine::Parameters<float>> weights;
  for (std::uint32_t update = 0; update < 2; ++update) {
    forecast.follow({seen[update].data(), 3, 1});
    forecast.learn({states, items}, seen[update], {.rate = 0.1, .seed = 3, .update = update});
    weights.push_back(forecast.parameters());
  }
  EXPECT_DOUBLE_EQ(forecast.scale().means[0], 3);
  for (std::size_t i = 0; i < weights[0].flat().size(); ++i) {
    EXPECT_NEAR(forecast.averaged().flat()[i], (weights[0].flat()[i] + weights[1].flat()[i]) / 2, 1e-6);
  }

  std::vector<double> expected(3);
  forecast.expect({states, items}, expected);
  const ForecastNetwork<float> network(forecast.options());
  ForecastNetwork<float>::Cache cache;
  engine::Workspace<float> workspace;
  engine::Matrix<float> scores;
  network.score({forecast.averaged(), workspace}, {states, items}, cache, scores);
  for (std::size_t r = 0; r < 3; ++r) {
    EXPECT_NEAR(expected[r], 3 + forecast.scale().size * static_cast<double>(scores(r, 0)), 1e-6);
  }
}

TEST(Forecast, ExpectsTheMeanOfSkewedRewards) {
  // Rewards of mean 12 or 28, log-normal with a standard deviation of 1 of the logarithm.
  engine::RandomStream stream(8, engine::Purpose::test);
  const Forecast::Manner manner{.remembered = 60,
                                .rounds = 16,
                                .scale_kept = 0.995,
                                .average = 0.99,
                                .beta2 = 0.999,
                                .clip_norm = std::numeric_limits<double>::infinity()};
  Forecast forecast({.state_features = 1, .item_features = 1, .width = 8}, manner, 1, 7);
  constexpr std::size_t rows = 1000;
  engine::Matrix<float> states;
  states.resize({rows, 1});
  engine::Matrix<float> items = states;
  std::vector<double> seen(rows);
  for (std::uint32_t update = 0; update < 60; ++update) {
    for (std::size_t r = 0; r < rows; ++r) {
      states(r, 0) = 1;
      items(r, 0) = r % 2 == 0 ? 0 : 1;
      seen[r] = (r % 2 == 0 ? 12 : 28) * std::exp(stream.normal() - 0.5);
    }
    forecast.follow({seen.data(), rows, 1});
    forecast.learn({states, items}, seen, {.rate = 0.01, .seed = 3, .update = update});
  }
  forecast.expect({states, items}, seen);
  // Standard errors of the means of 30,000 rewards: .09 and .21.
  EXPECT_NEAR(seen[0], 12, 0.4);
  EXPECT_NEAR(seen[1], 28, 0.9);
}

TEST(Forecast, RefusesWeightsOfAnotherNetwork) {
  Forecast forecast({.state_features = 2, .item_features = 1}, {}, 1, 7);
  const Forecast other({.state_features = 3, .item_features = 1}, {}, 1, 7);
  const auto restore = [&](const Forecast& parameters, const Forecast& averaged) {
    forecast.restore({.parameters = parameters.parameters(),
                      .moments = forecast.moments(),
                      .averaged = averaged.averaged(),
                      .scale = forecast.scale(),
                      .past = {}});
  };
  EXPECT_THROW(restore(other, forecast), ShapeError);
  EXPECT_THROW(restore(forecast, other), ShapeError);
  restore(forecast, forecast);
}

TEST(Forecast, ExpectsTheMeanBeforeItHasLearned) {
  Forecast forecast({.state_features = 1, .item_features = 1}, {}, 1, 7);
  const std::vector<double> seen{3, 3, 3};
  forecast.follow({seen.data(), 3, 1});
  engine::Matrix<float> rows;
  rows.resize({3, 1});
  std::fill(rows.begin(), rows.end(), 1.0F);
  std::vector<double> expected(3);
  forecast.expect({rows, rows}, expected);
  EXPECT_EQ(expected, seen) << "where nothing differs there is nothing to learn";
  forecast.learn({rows, rows}, seen, {.rate = 0.01});
  forecast.expect({rows, rows}, expected);
  EXPECT_EQ(expected, seen);
}

}  // namespace
}  // namespace infodiet::rl
