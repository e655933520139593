// The agent's inputs: observations as rows of numbers, scaled to about 1, with a flag for every attribute that may be
// unknown.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/matrix_span.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// Whether candidates' scores are inputs. Those of a recommender are; those of small environments are computed from
/// hidden state or parameters that the agent must learn.
enum class ScoreInput : bool { hidden, told };
/// Whether sums over the session are inputs, besides its steps. Agents stored by earlier versions have none.
enum class SessionSums : bool { no, yes };

/// Minutes and engagement span orders of magnitude: log(1 + amount) / 3, 0 for negative amounts.
float squeezed(double amount);

/// How a step differed from what was expected of it.
struct StepLuck {
  std::span<const float> choices = {};  ///< (K) 1 for what was chosen, 0 for the rest, minus the probability of each
  float engagement = 0;                 ///< of what was chosen, on the scale of `squeezed`
  float reward = 0;
};

/// Sizes and values of the features for an environment with `topics` topics.
class AgentFeatures {
 public:
  AgentFeatures(std::size_t topics, ScoreInput scores, SessionSums sums)
      : topics_(topics), scores_(scores), sums_(sums) {}

  /// Fe: the mean item shown, the item chosen, whether one was, engagement; interests and attention budget.
  std::size_t event_size() const { return 2 * item_size() + topics_ + 5; }
  /// Fs, 0 without sums: decaying sums over steps, at several rates: items taken and passed over by topic, how often
  /// nothing and something was taken, its quality, clickbait and engagement; topics taken, decaying per item taken
  /// instead of per step; the step; interests and attention budget; the outcomes of the last steps, and the topics of
  /// the last items taken, each in order.
  std::size_t state_size() const {
    if (sums_ == SessionSums::no) return 0;
    return last_steps_begin() + last_steps * last_step_size() + last_items * topics_;
  }
  /// Fi, the first of a candidate's features: the item, its score among the candidates, the person's interest in its
  /// topics and the share of the attention budget spent.
  std::size_t offer_size() const { return item_size() + 3; }
  /// Fc: those, the step, and, with sums, the entries of the state for the item's topics.
  std::size_t candidate_size() const {
    const std::size_t meetings = 2 * paces.size() + item_paces.size() + last_steps + last_items;
    return offer_size() + step_size + (sums_ == SessionSums::no ? 0 : meetings);
  }

  /// features (event_size) of the event before step t <= observation.step; for step 0, what is known of the person.
  void of_event(const Observation& observation, std::size_t t, std::span<float> features) const;
  /// features (state_size) of the session so far.
  void of_state(const Observation& observation, std::span<float> features) const;
  /// features (candidates * candidate_size) of all candidates, row by row; `state` is the output of of_state.
  void of_candidates(const Observation& observation, std::span<const float> state, std::span<float> features) const;
  /// Terms of a linear prediction of the reward: 1, the totals of the session, what is shown but for the step, and the
  /// products of its attributes with each other and with the totals.
  std::size_t term_size() const {
    return 1 + total_size + (candidate_size() - step_size) + attributes.size() * (attributes.size() + 1) / 2 +
           attributes.size() * total_size;
  }
  /// terms (term_size) of a state, or of one that begins with it, and a candidate's features or the means of several.
  void of_terms(std::span<const float> state, std::span<const float> shown, std::span<float> terms) const;
  /// Terms of what a step owes to luck: 1, then each kind of luck at four times: always, by the share of the session
  /// that is over, near its end and nearer. Kinds are choices in all, by attribute, by topic, and by how much of their
  /// topics was taken, at each rate; engagement; reward.
  std::size_t luck_size() const {
    return 1 + (1 + luck_times.size()) * (1 + attributes.size() + topics_ + paces.size() + item_paces.size() + 2);
  }
  /// terms (luck_size) of a state, or of one that begins with it, and a slate (K, at least Fi) of offers.
  void of_luck(std::span<const float> state, engine::MatrixSpan<const float> slate, const StepLuck& luck,
               std::span<float> terms) const;

 private:
  static constexpr std::size_t attribute_size = 9;
  /// Places of quality, clickbait, minutes and novelty among an item's features.
  static constexpr std::array<std::size_t, 4> attributes{1, 3, 5, 7};
  static constexpr std::size_t step_size = 7;
  /// Factors by which sums decay at each step.
  static constexpr std::array paces{0.5, 0.8, 0.95, 1.0};
  /// Factors by which sums decay with each item taken.
  static constexpr std::array item_paces{0.5, 0.8, 0.92};
  /// Totals of the sums at one rate, and at all.
  static constexpr std::size_t totals = 5;
  static constexpr std::size_t total_size = totals * paces.size();
  /// Places of times among the features of a step.
  static constexpr std::array<std::size_t, 3> luck_times{0, 4, 6};
  /// Numbers of last steps, and of last items taken, that are inputs one by one, latest first.
  static constexpr std::size_t last_steps = 5;
  static constexpr std::size_t last_items = 8;

  std::size_t item_size() const { return topics_ + attribute_size; }
  /// Size of the sums at one rate: taken and passed over by topic, and five totals.
  std::size_t sums_size() const { return 2 * topics_ + totals; }
  /// Size of the outcome of a step: topics taken, whether nothing was, quality, clickbait and engagement.
  std::size_t last_step_size() const { return topics_ + 4; }
  /// Offset of the sums by items taken, and of the step, in a state.
  std::size_t item_sums_begin() const { return paces.size() * sums_size(); }
  std::size_t step_begin() const { return item_sums_begin() + item_paces.size() * topics_; }
  /// Offset of the last steps' outcomes in a state.
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

/// Scores standardised to mean 0 and standard deviation 1 over the candidates; 0 if all are equal.
std::vector<double> standardised_scores(std::span<const Candidate> candidates);

}  // namespace infodiet::rl
