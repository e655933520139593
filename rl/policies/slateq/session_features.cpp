#include "rl/policies/slateq/session_features.hpp"

#include <algorithm>
#include <cmath>

#include "recsys/evaluation/diversity.hpp"

namespace infodiet::rl {

namespace {

constexpr double usual_minutes = 10;  // brings minutes to the size of the other features

}  // namespace

SessionSummary summarise(const Observation& observation) {
  SessionSummary summary;
  summary.recent.assign(observation.topics, 0.0);
  summary.leaning.assign(observation.topics, 0.0);
  summary.interest.assign(observation.interest.begin(), observation.interest.end());
  summary.interest.resize(observation.topics, 0.0);
  for (std::size_t t = 0; t < observation.step; ++t) {
    const Candidate* chosen = observation.chosen_at(t);
    for (const Candidate& shown : observation.slate_at(t)) {
      recsys::add_topics<double>(shown.topics, &shown == chosen ? 1 : -1, summary.leaning);
    }
    summary.exposure *= SessionSummary::exposure_memory;
    if (chosen == nullptr) continue;
    if (chosen->clickbait) summary.exposure += *chosen->clickbait - 0.5;
    if (t + SessionSummary::remembered_steps < observation.step) continue;
    constexpr double share = 1.0 / SessionSummary::remembered_steps;
    recsys::add_topics<double>(chosen->topics, share, summary.recent);
    summary.poor += share * std::max(0.0, -chosen->quality.value_or(0));
  }
  for (double& leaning : summary.leaning) leaning = std::tanh(leaning / 2);
  return summary;
}

void SessionFeatures::of_candidate(const SessionSummary& session, const Candidate& candidate,
                                   std::span<double> features) const {
  std::fill(features.begin(), features.end(), 0.0);
  const double share = 1 / static_cast<double>(std::max<std::size_t>(candidate.topics.size(), 1));
  double recent = 0;
  double interest = 0;
  for (const Topic topic : candidate.topics) {
    recent += share * session.recent[topic];
    interest += share * session.interest[topic];
  }

  const std::size_t columns = topics_ + 5;
  const auto fill_row = [&](std::size_t row, double value) {
    double* to = &features[row * columns];
    to[0] = value;
    to[1] = value * recent;
    to[2] = value * session.poor;
    to[3] = value * session.exposure;
    to[4] = value * interest;
    for (std::size_t g = 0; g < topics_; ++g) to[5 + g] = value * session.leaning[g];
  };
  fill_row(0, 1);
  if (candidate.quality) fill_row(1, *candidate.quality);
  if (candidate.clickbait) fill_row(2, *candidate.clickbait - 0.5);
  if (candidate.minutes) fill_row(3, *candidate.minutes / usual_minutes);
  for (const Topic topic : candidate.topics) fill_row(4 + topic, share);
}

void SessionFeatures::of_session(const SessionSummary& session, std::span<double> features) const {
  features[0] = 1;
  features[1] = session.poor;
  features[2] = session.exposure;
  std::copy(session.recent.begin(), session.recent.end(), features.begin() + 3);
  std::copy(session.leaning.begin(), session.leaning.end(),
            features.begin() + static_cast<std::ptrdiff_t>(3 + topics_));
}

}  // namespace infodiet::rl
