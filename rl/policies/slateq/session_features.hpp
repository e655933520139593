// Hand-made features of a session and a candidate, for linear comparators. Made of what every policy may observe; the
// agent learns its own instead.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "rl/environment.hpp"

namespace infodiet::rl {

/// What a session amounts to so far: a value that features are made of. Sums over steps in which what was k steps ago
/// counts pace^k, one for each of a few paces, since nobody tells how long people remember; times 1 - pace, so that
/// they are of about the same size.
struct SessionSummary {
  static constexpr std::array paces{0.5, 0.9};
  struct Trace {
    std::vector<double> taken;   ///< (topics) items chosen
    std::vector<double> passed;  ///< (topics) items shown and not chosen
    double poor = 0;             ///< bad quality chosen
    double clickbait = 0;        ///< clickbait - 1/2 of what was chosen
  };
  std::array<Trace, paces.size()> traces;
  std::vector<double> leaning;   ///< (topics) x / (1 + |x|) of items chosen less items passed over, in all
  std::vector<double> interest;  ///< (topics) shares of topics before the session, or 0 where unknown
};
SessionSummary summarise(const Observation& observation);

/// Sizes and values of the features: those of a candidate are all products of what it is (1, topics, quality,
/// clickbait, minutes) with how it meets the session (1, at each pace what was taken and passed over of its topics,
/// poor quality and clickbait; interest in its topics; leanings). Attributes that are unknown give no feature.
class SessionFeatures {
 public:
  explicit SessionFeatures(std::size_t topics) : topics_(topics) {}

  std::size_t candidate_size() const { return (topics_ + attributes) * columns(); }
  std::size_t session_size() const { return 1 + SessionSummary::paces.size() * (2 + topics_) + topics_; }
  /// features (candidate_size) of a candidate in a session.
  void of_candidate(const SessionSummary& session, const Candidate& candidate, std::span<double> features) const;
  /// features (session_size) of a session in which nothing is chosen.
  void of_session(const SessionSummary& session, std::span<double> features) const;

 private:
  static constexpr std::size_t attributes = 4;

  std::size_t columns() const { return 2 + 4 * SessionSummary::paces.size() + topics_; }

  std::size_t topics_;
};

}  // namespace infodiet::rl
