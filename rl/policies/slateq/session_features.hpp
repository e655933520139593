// Hand-made features of a session and a candidate, for linear comparators. Made of what every policy may observe; the
// agent learns its own instead.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "rl/environment.hpp"

namespace infodiet::rl {

/// What a session amounts to so far: a value that features are made of.
struct SessionSummary {
  static constexpr std::size_t remembered_steps = 5;
  static constexpr double exposure_memory = 0.7;

  std::vector<double> recent;    ///< (topics) items chosen in the last five steps, over five
  std::vector<double> leaning;   ///< (topics) tanh of half the items chosen less half the items passed over
  double poor = 0;               ///< bad quality chosen in the last five steps, over five
  double exposure = 0;           ///< sum of exposure_memory^age (clickbait - 1/2) over what was chosen
  std::vector<double> interest;  ///< (topics) shares of topics before the session, or 0 where unknown
};
SessionSummary summarise(const Observation& observation);

/// Sizes and values of the features: those of a candidate are all products of what it is (1, topics, quality,
/// clickbait, minutes) with how it meets the session (1, recent items and interest of its topics, poor, exposure,
/// leanings). Attributes that are unknown give no feature.
class SessionFeatures {
 public:
  explicit SessionFeatures(std::size_t topics) : topics_(topics) {}

  std::size_t candidate_size() const { return (topics_ + 4) * (topics_ + 5); }
  std::size_t session_size() const { return 2 * topics_ + 3; }
  /// features (candidate_size) of a candidate in a session.
  void of_candidate(const SessionSummary& session, const Candidate& candidate, std::span<double> features) const;
  /// features (session_size) of a session in which nothing is chosen.
  void of_session(const SessionSummary& session, std::span<double> features) const;

 private:
  std::size_t topics_;
};

}  // namespace infodiet::rl
