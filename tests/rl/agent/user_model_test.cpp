#include "rl/agent/user_model.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "engine/errors.hpp"
#include "engine/optim/adamw.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::rl {
namespace {

constexpr UserModelOptions user_options{.event_features = 3, .item_features = 2, .width = 4};

/// Two sessions of three steps with slates of two items.
template <class T>
struct UserExample {
  static constexpr std::size_t steps = 3;
  static constexpr std::size_t decisions = 2 * steps;
  engine::ParameterLayout layout;
  UserModel<T> user{layout, user_options};
  engine::Parameters<T> parameters = test::random_parameters<T>(layout, 1);
  engine::Matrix<T> events = test::random_matrix<T>(decisions, user_options.event_features, 2);
  engine::Matrix<T> shown = test::random_matrix<T>(2 * decisions, user_options.item_features, 3);
  engine::Matrix<T> outcomes;  ///< by rank whether it was chosen; engagement
  engine::Workspace<T> workspace;
  typename UserModel<T>::Cache cache;

  UserExample() {
    constexpr std::array<std::array<T, 3>, decisions> rows{
        {{1, 0, T(0.4)}, {0, 0, 0}, {0, 1, 1}, {0, 1, 0}, {1, 0, T(0.2)}, {0, 0, 0}}};
    outcomes.resize({decisions, 3});
    for (std::size_t s = 0; s < decisions; ++s) std::copy(rows[s].begin(), rows[s].end(), &outcomes(s, 0));
  }
  ObservedSteps<T> seen() const { return {steps, events, shown, outcomes}; }
  void predict() { user.predict({parameters, workspace}, seen(), cache); }
  /// The mean over steps, by the formula of the conditional logit.
  double loss() {
    predict();
    double total = 0;
    for (std::size_t s = 0; s < decisions; ++s) {
      const T* first = &cache.items(2 * s, 0);
      const T* second = &cache.items(2 * s + 1, 0);
      const bool any = outcomes(s, 0) + outcomes(s, 1) > 0;
      const T* chosen = any ? (outcomes(s, 0) > 0 ? first : second) : &cache.nothing(s, 0);
      total -= std::log(std::exp(*chosen) / (std::exp(*first) + std::exp(*second) + std::exp(cache.nothing(s, 0))));
      if (any) total += std::pow(chosen[1] - outcomes(s, 2), 2) / 2;
    }
    return total / decisions;
  }
};

TEST(UserModel, GradientsMatchDifferences) {
  UserExample<double> example;
  example.loss();
  engine::Parameters<double> gradients(example.layout);
  example.user.loss_backward({example.parameters, example.workspace, {}, &gradients}, example.seen(), example.cache);
  std::vector<test::Differentiated> blocks;
  test::add_parameters(blocks, example.layout, example.parameters, gradients);
  EXPECT_TRUE(test::gradients_match(blocks, [&] { return example.loss(); }));
}

TEST(UserModel, KnowsNothingOfLaterSteps) {
  UserExample<float> example;
  example.predict();
  const engine::Matrix<float> before = example.cache.hidden;
  for (std::size_t f = 0; f < user_options.event_features; ++f) example.events(2, f) += 1;
  example.predict();
  for (std::size_t s = 0; s < UserExample<float>::decisions; ++s) {
    for (std::size_t j = 0; j < user_options.width; ++j) {
      if (s == 2) {
        EXPECT_NE(example.cache.hidden(s, j), before(s, j));
      } else {
        EXPECT_EQ(example.cache.hidden(s, j), before(s, j)) << "step " << s;
      }
    }
  }
}

/// Somebody takes the item shown until they have taken two, then never again: only a memory can tell.
TEST(UserModel, RemembersWhatOrderAndNumberDecide) {
  constexpr std::size_t sessions = 32;
  constexpr std::size_t steps = 8;
  engine::ParameterLayout layout;
  const UserModel<float> user(layout, {.event_features = 2, .item_features = 1, .width = 8});
  auto parameters = engine::initialise<float>(layout, 3);
  engine::Parameters<float> gradients(layout);
  engine::AdamW<float> optimiser(layout.size(), {});
  engine::ThreadPool alone(1);
  engine::Workspace<float> workspace;
  UserModel<float>::Cache cache;
  double loss = 0;
  for (std::uint32_t update = 0; update < 300; ++update) {
    engine::RandomStream stream(5, engine::Purpose::test, 0, update);
    engine::Matrix<float> events;
    engine::Matrix<float> shown;
    events.resize({sessions * steps, 2});
    shown.resize({sessions * steps, 1});
    engine::Matrix<float> outcomes;
    outcomes.resize({sessions * steps, 2});
    for (std::size_t s = 0; s < sessions; ++s) {
      std::size_t taken = 0;
      bool takes = false;
      for (std::size_t t = 0; t < steps; ++t) {
        const std::size_t row = s * steps + t;
        events(row, 0) = t == 0 ? 1 : 0;
        events(row, 1) = takes ? 1 : 0;
        const bool attractive = stream.uniform() < 0.5;
        shown(row, 0) = attractive ? 1 : 0;
        takes = attractive && taken < 2;
        taken += takes ? 1 : 0;
        outcomes(row, 0) = takes ? 1 : 0;
        outcomes(row, 1) = 0;
      }
    }
    const engine::Run<float> run{.parameters = parameters, .workspace = workspace, .gradients = &gradients};
    const ObservedSteps<float> seen{steps, events, shown, outcomes};
    user.predict(run, seen, cache);
    loss = 0;
    for (std::size_t s = 0; s < sessions * steps; ++s) {
      const double better = static_cast<double>(cache.items(s, 0)) - static_cast<double>(cache.nothing(s, 0));
      loss += std::log1p(std::exp(outcomes(s, 0) > 0 ? -better : better)) / (sessions * steps);
    }
    gradients.clear();
    user.loss_backward(run, seen, cache);
    optimiser.update(alone, parameters.flat(), std::span<const float>(gradients.flat()), 0.02);
  }
  // Half of the items are attractive, and half of those are taken: without a memory the loss is log(2) / 2.
  EXPECT_LT(loss, 0.03);
}

TEST(UserModel, RefusesWhatDoesNotFit) {
  UserExample<float> example;
  const auto fewer = test::random_matrix<float>(5, user_options.event_features, 2);
  const auto odd = test::random_matrix<float>(11, user_options.item_features, 2);
  EXPECT_THROW(example.user.predict({example.parameters, example.workspace},
                                    {3, fewer, example.shown, example.outcomes}, example.cache),
               ShapeError);
  EXPECT_THROW(example.user.predict({example.parameters, example.workspace}, {3, example.events, odd, example.outcomes},
                                    example.cache),
               ShapeError);
  const auto no_items = test::random_matrix<float>(6, 1, 2);
  EXPECT_THROW(
      example.user.predict({example.parameters, example.workspace}, {3, example.events, odd, no_items}, example.cache),
      ShapeError);
}

}  // namespace
}  // namespace infodiet::rl
