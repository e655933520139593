#include "rl/agent/network.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "engine/errors.hpp"
#include "rl/agent/plackett_luce.hpp"
#include "tests/support/gradient_check.hpp"
#include "tests/support/tensors.hpp"

namespace infodiet::rl {
namespace {

constexpr AgentNetworkOptions network_options{
    .event_features = 5, .candidate_features = 4, .state_features = 3, .width = 8, .heads = 2};
constexpr Decisions decisions{.sessions = 2, .first_step = 0, .steps = 4, .candidates = 3, .memory_steps = 4};

/// Network, parameters and inputs of the decisions above.
template <class T>
struct NetworkExample {
  engine::ParameterLayout layout;
  AgentNetwork<T> network{layout, network_options};
  engine::Parameters<T> parameters = engine::initialise<T>(layout, 3);
  engine::Matrix<T> events;
  engine::Matrix<T> candidates;
  engine::Matrix<T> states;
  engine::Matrix<T> memory;
  engine::Matrix<T> scores;
  typename AgentNetwork<T>::EventCache event_cache;
  typename AgentNetwork<T>::ScoreCache score_cache;
  engine::Workspace<T> workspace;

  NetworkExample() {
    engine::RandomStream stream(4, engine::Purpose::test);
    // Away from the initial weights, where biases are 0 and scores near 0.
    for (T& value : parameters.flat()) value += static_cast<T>(0.2 * stream.normal());
    events =
        test::normal_matrix<T>(decisions.sessions * decisions.memory_steps, network_options.event_features, stream);
    candidates = test::normal_matrix<T>(decisions.rows(), network_options.candidate_features, stream);
    states = test::normal_matrix<T>(decisions.rows() / decisions.candidates, network_options.state_features, stream);
  }
  void run() {
    network.remember(parameters, events, event_cache, memory);
    network.score({parameters, workspace}, {decisions, memory, candidates, states}, score_cache, scores);
  }
};

/// The agent's objective for fixed slates and advantages, whose gradient is the estimator's.
constexpr double entropy_weight = 0.3;
double advantage_of(std::size_t decision) {
  return 0.5 - 0.3 * static_cast<double>(decision % 4);
}
std::vector<Position> slate_of(std::size_t decision) {
  const auto first = static_cast<Position>(decision % 3);
  return {first, (first + 1 + static_cast<Position>(decision % 2)) % 3};
}

TEST(AgentNetwork, ObjectiveGradientsMatchDifferences) {
  NetworkExample<double> example;
  const std::size_t n = decisions.candidates;
  const auto scores_of = [&](std::size_t d) { return std::span<const double>(example.scores.data() + d * n, n); };
  const auto loss = [&] {
    example.run();
    double total = 0;
    for (std::size_t d = 0; d < decisions.sessions * decisions.steps; ++d) {
      total += advantage_of(d) * slate_log_probability(scores_of(d), slate_of(d)) +
               entropy_weight * slate_entropy(scores_of(d), slate_of(d));
    }
    return total;
  };
  loss();
  engine::Matrix<double> dscores;
  dscores.resize({decisions.rows(), 1});
  std::fill(dscores.begin(), dscores.end(), 0.0);
  for (std::size_t d = 0; d < decisions.sessions * decisions.steps; ++d) {
    add_slate_gradient(scores_of(d), slate_of(d), {.advantage = advantage_of(d), .entropy = entropy_weight},
                       {dscores.data() + d * n, n});
  }
  engine::Matrix<double> dmemory;
  dmemory.resize(example.memory.shape());
  std::fill(dmemory.begin(), dmemory.end(), 0.0);
  engine::Parameters<double> gradients(example.layout);
  const engine::Run<double> run{example.parameters, example.workspace, {}, &gradients};
  example.network.score_backward(run, {decisions, example.memory, example.candidates, example.states},
                                 example.score_cache, dscores, dmemory);
  example.network.remember_backward(run, example.events, example.event_cache, dmemory);
  std::vector<test::Differentiated> blocks;
  test::add_parameters(blocks, example.layout, example.parameters, gradients);
  EXPECT_TRUE(test::gradients_match(blocks, loss));
}

TEST(AgentNetwork, LaterEventsNeverChangeEarlierScores) {
  NetworkExample<float> example;
  example.run();
  const engine::Matrix<float> before = example.scores;
  constexpr std::size_t changed = 2;  // what happened before step 2 of the first session
  for (std::size_t k = 0; k < network_options.event_features; ++k) example.events(changed, k) += 1;
  example.run();
  for (std::size_t row = 0; row < decisions.rows(); ++row) {
    const std::size_t step = row / decisions.candidates;
    const bool may_change = step >= changed && step < decisions.steps;
    EXPECT_EQ(before(row, 0) != example.scores(row, 0), may_change) << "row " << row;
  }
}

TEST(AgentNetwork, StepByStepAgreesWithAllAtOnce) {
  NetworkExample<float> example;
  example.run();
  const std::size_t n = decisions.candidates;
  engine::Matrix<float> now;
  now.resize({decisions.sessions * n, network_options.candidate_features});
  engine::Matrix<float> states;
  states.resize({decisions.sessions, network_options.state_features});
  for (std::size_t t = 0; t < decisions.steps; ++t) {
    for (std::size_t session = 0; session < decisions.sessions; ++session) {
      std::copy_n(&example.candidates((session * decisions.steps + t) * n, 0), n * network_options.candidate_features,
                  &now(session * n, 0));
      std::copy_n(&example.states(session * decisions.steps + t, 0), network_options.state_features,
                  &states(session, 0));
    }
    AgentNetwork<float>::ScoreCache cache;
    engine::Matrix<float> scores;
    Decisions one = decisions;
    one.first_step = t;
    one.steps = 1;
    example.network.score({example.parameters, example.workspace}, {one, example.memory, now, states}, cache, scores);
    for (std::size_t row = 0; row < one.rows(); ++row) {
      const std::size_t packed = ((row / n) * decisions.steps + t) * n + row % n;
      EXPECT_NEAR(scores(row, 0), example.scores(packed, 0), 1e-5);
    }
  }
}

TEST(AgentNetwork, WithoutStatesIsThatOfBefore) {
  AgentNetworkOptions before = network_options;
  before.state_features = 0;
  engine::ParameterLayout without;
  engine::ParameterLayout with;
  AgentNetwork<float>(without, before);
  AgentNetwork<float>(with, network_options);
  const std::size_t w = network_options.width;
  EXPECT_EQ(with.size() - without.size(), (network_options.state_features + 1) * w + (w + 1) * w);
}

TEST(AgentNetwork, RefusesWhatDoesNotFit) {
  engine::ParameterLayout layout;
  EXPECT_THROW(AgentNetwork<float>(layout, {.event_features = 2, .candidate_features = 2, .width = 8, .heads = 3}),
               ShapeError);
  NetworkExample<float> example;
  example.run();
  Decisions longer = decisions;
  longer.first_step = 1;
  EXPECT_THROW(example.network.score({example.parameters, example.workspace},
                                     {longer, example.memory, example.candidates, example.states}, example.score_cache,
                                     example.scores),
               ShapeError);
  EXPECT_THROW(
      example.network.score({example.parameters, example.workspace}, {decisions, example.memory, example.candidates},
                            example.score_cache, example.scores),
      ShapeError)
      << "no states";
}

}  // namespace
}  // namespace infodiet::rl
