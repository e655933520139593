// What the agent is told: every observation as rows of numbers. Plain facts, scaled to about 1, with a flag beside
// every attribute that may be unknown; what they amount to is the network's to learn.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "rl/environment.hpp"

namespace infodiet::rl {

/// Whether candidates' scores are told too. Scores of a recommender say what it thinks; those of small environments
/// are computed from their hidden state or parameters, which the agent is to find out.
enum class ScoreInput : bool { hidden, told };
/// Whether the agent is told sums over the session beside its single steps. Agents of before were not.
enum class SessionSums : bool { no, yes };

/// Sizes and values of the features, for an environment with this many topics.
class AgentFeatures {
 public:
  AgentFeatures(std::size_t topics, ScoreInput scores, SessionSums sums)
      : topics_(topics), scores_(scores), sums_(sums) {}

  /// Fe: the mean item shown, the item chosen, whether anything was, the engagement; interests and attention.
  std::size_t event_size() const { return 2 * item_size() + topics_ + 5; }
  /// Fs: sums over the session at several paces, by topic of what was taken and what was passed over, and in all how
  /// often nothing and something was taken, of which quality, clickbait and engagement; the topics taken, at
  /// paces that fade with every item taken and not with time; the step; interests and attention; and in their order
  /// what came of the last steps and the topics of the last items taken. 0 without sums.
  std::size_t state_size() const {
    if (sums_ == SessionSums::no) return 0;
    return last_steps_begin() + last_steps * last_step_size() + last_items * topics_;
  }
  /// Fc: the item, its score among the candidates, how its topics meet the person's interests, what is spent of their
  /// attention, the step, and what the sums and what came last say of its topics.
  std::size_t candidate_size() const {
    const std::size_t meetings = 2 * paces.size() + item_paces.size() + last_steps + last_items;
    return item_size() + 3 + step_size + (sums_ == SessionSums::no ? 0 : meetings);
  }

  /// features (event_size) of what happened just before step t <= observation.step; before the first, what is known of
  /// the person.
  void of_event(const Observation& observation, std::size_t t, std::span<float> features) const;
  /// features (state_size) of the session so far.
  void of_state(const Observation& observation, std::span<float> features) const;
  /// features (candidates * candidate_size) of all candidates, row by row; `state` is what of_state gave.
  void of_candidates(const Observation& observation, std::span<const float> state, std::span<float> features) const;

 private:
  static constexpr std::size_t attribute_size = 9;
  static constexpr std::size_t step_size = 7;
  /// Share of a sum that a step keeps.
  static constexpr std::array paces{0.5, 0.8, 0.95, 1.0};
  /// Share of a sum that every item taken keeps.
  static constexpr std::array item_paces{0.5, 0.8, 0.92};
  /// Steps and items taken that are told one by one, latest first.
  static constexpr std::size_t last_steps = 5;
  static constexpr std::size_t last_items = 8;

  std::size_t item_size() const { return topics_ + attribute_size; }
  /// Sums at one pace: taken and passed over by topic, and five in all.
  std::size_t sums_size() const { return 2 * topics_ + 5; }
  /// Topics taken, and whether nothing was, of which quality, clickbait and engagement.
  std::size_t last_step_size() const { return topics_ + 4; }
  /// Where in a state what came of the last steps begins.
  std::size_t last_steps_begin() const {
    return paces.size() * sums_size() + (item_paces.size() + 1) * topics_ + step_size + 2;
  }
  void add_sums(const Observation& observation, double pace, std::span<float> sums) const;
  void add_last(const Observation& observation, std::span<float> features) const;
  void add_meetings(const Candidate& item, std::span<const float> state, std::span<float> features) const;
  void add_item(const Candidate& item, float weight, std::span<float> features) const;

  std::size_t topics_;
  ScoreInput scores_;
  SessionSums sums_;
};

/// Scores brought to mean 0 and deviation 1 over the candidates; 0 where all are equal.
std::vector<double> standardised_scores(std::span<const Candidate> candidates);

}  // namespace infodiet::rl
