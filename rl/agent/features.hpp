// What the agent is told: every observation as rows of numbers. Plain facts, scaled to about 1, with a flag beside
// every attribute that may be unknown; what they amount to is the network's to learn.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "rl/environment.hpp"

namespace infodiet::rl {

/// Whether candidates' scores are told too. Scores of a recommender say what it thinks; those of small environments
/// are computed from their hidden state or parameters, which the agent is to find out.
enum class ScoreInput : bool { hidden, told };

/// Sizes and values of the features, for an environment with this many topics.
class AgentFeatures {
 public:
  AgentFeatures(std::size_t topics, ScoreInput scores) : topics_(topics), scores_(scores) {}

  /// Fe: the mean item shown, the item chosen, whether anything was, the engagement; interests and attention.
  std::size_t event_size() const { return 2 * item_size() + topics_ + 5; }
  /// Fc: the item, its score among the candidates, how its topics meet the person's interests, what is spent of their
  /// attention, and the step.
  std::size_t candidate_size() const { return item_size() + 3 + step_size; }

  /// features (event_size) of what happened just before step t <= observation.step; before the first, what is known of
  /// the person.
  void of_event(const Observation& observation, std::size_t t, std::span<float> features) const;
  /// features (candidates * candidate_size) of all candidates, row by row.
  void of_candidates(const Observation& observation, std::span<float> features) const;

 private:
  static constexpr std::size_t attribute_size = 9;
  static constexpr std::size_t step_size = 7;

  std::size_t item_size() const { return topics_ + attribute_size; }
  void add_item(const Candidate& item, float weight, std::span<float> features) const;

  std::size_t topics_;
  ScoreInput scores_;
};

/// Scores brought to mean 0 and deviation 1 over the candidates; 0 where all are equal.
std::vector<double> standardised_scores(std::span<const Candidate> candidates);

}  // namespace infodiet::rl
