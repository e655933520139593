#include "rl/agent/luck.hpp"

#include <algorithm>
#include <cmath>

#include "engine/shape.hpp"

namespace infodiet::rl {

namespace {

/// Share of the products that stays at each lesson: what a click leads to changes with the policy.
constexpr double luck_kept = 0.9;

/// Writes what was chosen minus its probability, choices (K), for a step of utilities `items` (K, 2) and `nothing`.
void luck_of_choices(const float* outcome, const float* items, float nothing, std::span<float> choices) {
  float largest = nothing;
  for (std::size_t i = 0; i < choices.size(); ++i) largest = std::max(largest, items[2 * i]);
  float sum = std::exp(nothing - largest);
  for (std::size_t i = 0; i < choices.size(); ++i) sum += std::exp(items[2 * i] - largest);
  for (std::size_t i = 0; i < choices.size(); ++i) choices[i] = outcome[i] - std::exp(items[2 * i] - largest) / sum;
}

}  // namespace

Luck::Luck(const AgentFeatures& features) : line_(features.luck_size(), luck_kept) {}

void Luck::expect(const AgentModel& model, const ObservedSteps<float>& seen) {
  if (model.user() != nullptr) model.user()->predict({model.parameters(), workspace_}, seen, cache_);
}

void Luck::describe(const AgentModel& model, const Steps& steps) {
  const std::size_t slate = steps.seen.outcomes.cols - 1;
  if (model.user() != nullptr) {
    engine::require_size(cache_.nothing.shape(0), steps.rewards.size(), "luck", "the number of steps with predictions",
                         "expect the same steps first");
  }
  terms_.resize({steps.rewards.size(), line_.terms()});
  std::vector<float> choices(slate);
  for (std::size_t r = 0; r < steps.rewards.size(); ++r) {
    StepLuck luck{.choices = choices, .reward = static_cast<float>(steps.rewards[r] - steps.expected[r])};
    if (model.user() != nullptr) {
      const float* outcome = steps.seen.outcomes.row(r);
      const float* items = &cache_.items(r * slate, 0);
      luck_of_choices(outcome, items, cache_.nothing(r, 0), choices);
      for (std::size_t i = 0; i < slate; ++i) luck.engagement += outcome[i] * (outcome[slate] - items[2 * i + 1]);
    }
    const auto items = steps.seen.shown.rows_from(r * slate, slate);
    model.features().of_luck({steps.states.row(r), steps.states.cols}, items, luck, {&terms_(r, 0), line_.terms()});
  }
}

void Luck::remove(const AgentModel& model, const Steps& steps, std::span<double> rest) {
  describe(model, steps);
  errors_.resize(steps.rewards.size());
  for (std::size_t r = 0; r < errors_.size(); ++r) {
    const bool last = (r + 1) % steps.seen.steps == 0;
    errors_[r] = steps.rewards[r] + (last ? 0 : steps.values[r + 1]) - steps.values[r];
  }
  line_.learn(terms_, errors_);
  // What is left without luck stays.
  for (std::size_t r = 0; r < errors_.size(); ++r) terms_(r, 0) = 0;
  line_.expect(terms_, errors_);
  for (std::size_t r = 0; r < errors_.size(); ++r) rest[r] = steps.rewards[r] - errors_[r];
}

}  // namespace infodiet::rl
