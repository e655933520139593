// Hand-made features of a session and a candidate, for linear baselines, from what every policy may observe. The agent
// learns its own instead.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "rl/environment.hpp"

namespace infodiet::rl {

/// A summary of a session so far, from which features are computed. Traces are sums over steps, decaying by pace^k for
/// the step k steps ago, at several paces, since people's memory is unknown; scaled by 1 - pace to similar sizes.
struct SessionSummary {
  static constexpr std::array paces{0.5, 0.9};
  struct Trace {
    std::vector<double> taken;   ///< (topics) items chosen
    std::vector<double> passed;  ///< (topics) items shown and not chosen
    double poor = 0;             ///< bad quality chosen
    double clickbait = 0;        ///< clickbait - 1/2 of what was chosen
  };
  std::array<Trace, paces.size()> traces;
  std::vector<double> leaning;   ///< (topics) x / (1 + |x|) of items chosen minus items passed over, in all
  std::vector<double> interest;  ///< (topics) shares of topics before the session, or 0 if unknown
};
/// The summary of the session so far.
SessionSummary summarise(const Observation& observation);

/// Sizes and values of the features. Those of a candidate are all products of its attributes (1, topics, quality,
/// clickbait, minutes) with its relation to the session (1; at each pace what was taken and passed over of its topics,
/// poor quality and clickbait; interest in its topics; leanings). Unknown attributes give 0.
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
