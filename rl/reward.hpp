// The reward of a feed: for each step, a weighted sum of terms of what is consumed and of what is shown, written by the
// user as "engagement=1,quality=0.5,diversity=0.3,novelty=0,overload=-0.2".
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "recsys/settings.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// The weight of each term; 0 if not named.
struct RewardWeights {
  double engagement = 0;
  double quality = 0;
  double diversity = 0;
  double novelty = 0;
  double overload = 0;
  double relevance = 0;

  /// The terms as help lists them.
  static std::span<const recsys::Setting<RewardWeights>> settings();
};

/// Reads "term=weight,term=weight,..."; a term may be named once. Throws SettingError listing the known terms.
RewardWeights parse_reward(std::string_view text);

/// The terms of a step, or of one item; null if an input is unknown, and those of what is consumed if nothing is.
struct RewardTerms {
  std::optional<double> engagement{};  ///< minutes, or 1 if minutes are unknown
  std::optional<double> quality{};     ///< in [-1, 1]
  std::optional<double> diversity{};   ///< share of its topics that none of the last five consumed items has
  std::optional<double> novelty{};     ///< -log2 of popularity, in bits
  std::optional<double> overload{};    ///< 1 if it exceeds the person's attention budget, else 0
  std::optional<double> relevance{};   ///< log of the recommender's probability over the uniform one; mean of the slate

  /// Sum of weight times term over the known terms.
  double weighted(const RewardWeights& weights) const;
};

class Consumption;

/// What a term is of: the item consumed, or all that is shown, whatever is consumed.
enum class TermOf { consumed, shown };

/// A row of the table of terms. A new term needs its members above and a row in reward.cpp.
struct RewardTerm {
  recsys::Setting<RewardWeights> weight;      ///< its name, meaning and range
  std::optional<double> RewardTerms::*value;  ///< its member
  /// The term of an item consumed or shown next; null if an input is unknown.
  std::optional<double> (*of)(const Consumption& before, const Candidate& item);
  TermOf what = TermOf::consumed;
};
/// All of them, in the order of help.
std::span<const RewardTerm> reward_terms();

/// The consumption in a session so far, as far as terms depend on it. Items' topics must outlive it.
class Consumption {
 public:
  static constexpr std::size_t remembered = 5;

  Consumption() = default;
  /// `attention`: the person's budget of engagement, or null if unknown.
  explicit Consumption(std::optional<double> attention) : attention_(attention) {}

  /// The terms of a step that shows `slate` and in which `consumed`, one of it or null, is consumed. A term of what is
  /// shown is the mean over the slate, 0 where it is unknown; null if it is unknown of all.
  RewardTerms terms(std::span<const Candidate> slate, const Candidate* consumed) const;
  /// Weighted sum of the terms of `item`, consumed next.
  double reward(const Candidate& item, const RewardWeights& weights) const;
  /// Weighted sum of the terms of `slate`, shown next. With the reward of what is consumed it is
  /// terms(slate, consumed).weighted(weights).
  double reward_of_shown(std::span<const Candidate> slate, const RewardWeights& weights) const;
  /// Adds `item`.
  void consume(const Candidate& item);

  /// How many of the last five items have `topic`, each counting 1 / (number of its topics).
  double recent(Topic topic) const;
  /// The last five items or fewer, in any order.
  std::span<const Candidate> recent_items() const;
  /// Engagement so far.
  double spent() const { return spent_; }
  std::optional<double> attention() const { return attention_; }

 private:
  std::array<Candidate, remembered> last_{};
  std::size_t consumed_ = 0;
  double spent_ = 0;
  std::optional<double> attention_;
};

/// The engagement of consuming `item`: its minutes, or 1 if unknown.
inline double engagement_of(const Candidate& item) {
  return item.minutes.value_or(1);
}

/// The terms of each step of a session, recomputed from the observation.
std::vector<RewardTerms> step_terms(const Observation& session);

}  // namespace infodiet::rl
