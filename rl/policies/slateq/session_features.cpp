#include "rl/policies/slateq/session_features.hpp"

#include <algorithm>
#include <cmath>

#include "recsys/evaluation/diversity.hpp"

namespace infodiet::rl {

namespace {

constexpr double usual_minutes = 10;  // scales minutes like the other features

}  // namespace

SessionSummary summarise(const Observation& observation) {
  SessionSummary summary;
  for (SessionSummary::Trace& trace : summary.traces) {
    trace.taken.assign(observation.topics, 0.0);
    trace.passed.assign(observation.topics, 0.0);
  }
  summary.leaning.assign(observation.topics, 0.0);
  summary.interest.assign(observation.interest.begin(), observation.interest.end());
  summary.interest.resize(observation.topics, 0.0);
  for (std::size_t p = 0; p < summary.traces.size(); ++p) {
    SessionSummary::Trace& trace = summary.traces[p];
    double weight = 1 - SessionSummary::paces[p];
    for (std::size_t t = observation.step; t-- > 0; weight *= SessionSummary::paces[p]) {
      const Candidate* chosen = observation.chosen_at(t);
      for (const Candidate& shown : observation.slate_at(t)) {
        recsys::add_topics<double>(shown.topics, weight, &shown == chosen ? trace.taken : trace.passed);
      }
      if (chosen == nullptr) continue;
      trace.poor += weight * std::max(0.0, -chosen->quality.value_or(0));
      if (chosen->clickbait) trace.clickbait += weight * (*chosen->clickbait - 0.5);
    }
  }
  for (std::size_t t = 0; t < observation.step; ++t) {
    const Candidate* chosen = observation.chosen_at(t);
    for (const Candidate& shown : observation.slate_at(t)) {
      recsys::add_topics<double>(shown.topics, &shown == chosen ? 1 : -1, summary.leaning);
    }
  }
  for (double& leaning : summary.leaning) leaning /= 1 + std::abs(leaning);
  return summary;
}

void SessionFeatures::of_candidate(const SessionSummary& session, const Candidate& candidate,
                                   std::span<double> features) const {
  std::fill(features.begin(), features.end(), 0.0);
  const double share = 1 / static_cast<double>(std::max<std::size_t>(candidate.topics.size(), 1));
  const auto of_its_topics = [&](const std::vector<double>& by_topic) {
    double sum = 0;
    for (const Topic topic : candidate.topics) sum += share * by_topic[topic];
    return sum;
  };
  std::vector<double> meeting{1};
  for (const SessionSummary::Trace& trace : session.traces) {
    meeting.insert(meeting.end(),
                   {of_its_topics(trace.taken), of_its_topics(trace.passed), trace.poor, trace.clickbait});
  }
  meeting.push_back(of_its_topics(session.interest));
  meeting.insert(meeting.end(), session.leaning.begin(), session.leaning.end());

  const auto fill_row = [&](std::size_t row, double value) {
    for (std::size_t c = 0; c < columns(); ++c) features[row * columns() + c] = value * meeting[c];
  };
  fill_row(0, 1);
  if (candidate.quality) fill_row(1, *candidate.quality);
  if (candidate.clickbait) fill_row(2, *candidate.clickbait - 0.5);
  if (candidate.minutes) fill_row(3, *candidate.minutes / usual_minutes);
  for (const Topic topic : candidate.topics) fill_row(attributes + topic, share);
}

void SessionFeatures::of_session(const SessionSummary& session, std::span<double> features) const {
  auto next = features.begin();
  *next++ = 1;
  for (const SessionSummary::Trace& trace : session.traces) {
    *next++ = trace.poor;
    *next++ = trace.clickbait;
    next = std::copy(trace.taken.begin(), trace.taken.end(), next);
  }
  std::copy(session.leaning.begin(), session.leaning.end(), next);
}

}  // namespace infodiet::rl
