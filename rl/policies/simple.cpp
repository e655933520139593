#include "rl/policies/simple.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace infodiet::rl {

namespace {

/// Scores of the candidates as one row.
template <class ScoreOf>
std::vector<double> scores_of(const Observation& observation, const ScoreOf& score_of) {
  std::vector<double> scores;
  for (const Candidate& candidate : observation.candidates) scores.push_back(score_of(candidate));
  return scores;
}

double score_of(const Candidate& candidate) {
  return candidate.score;
}

}  // namespace

void RandomPolicy::choose(const SessionBatch& sessions, engine::MatrixSpan<Position> slates) const {
  std::vector<Position> taken;  // in ascending order
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    engine::RandomStream stream = sessions.policy_stream(i);
    taken.clear();
    for (std::size_t rank = 0; rank < slates.cols; ++rank) {
      // The draw counts the remaining candidates, so it skips those taken.
      auto position = static_cast<Position>(stream.below(sessions.shape().candidates - rank));
      auto next = taken.begin();
      for (; next != taken.end() && *next <= position; ++next) ++position;
      taken.insert(next, position);
      slates.row(i)[rank] = position;
    }
  }
}

void RandomPolicy::laws(const SessionBatch& sessions, std::span<SlateLaw> laws) const {
  for (SlateLaw& law : laws) law = {.candidates = sessions.shape().candidates, .draw = 1};
}

void GreedyPolicy::choose_one(const Observation& observation, engine::RandomStream&, std::span<Position> slate) const {
  highest(scores_of(observation, score_of), slate);
}

void PopularPolicy::choose_one(const Observation& observation, engine::RandomStream&, std::span<Position> slate) const {
  highest(scores_of(observation,
                    [](const Candidate& candidate) {
                      return candidate.popularity.value_or(-std::numeric_limits<double>::infinity());
                    }),
          slate);
}

void EpsilonGreedyPolicy::choose_one(const Observation& observation, engine::RandomStream& stream,
                                     std::span<Position> slate) const {
  std::vector<Position> left(observation.candidates.size());
  highest(scores_of(observation, score_of), left);
  for (Position& shown : slate) {
    const std::size_t pick = stream.uniform() < epsilon_ ? stream.below(left.size()) : 0;
    shown = left[pick];
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(pick));
  }
}

void EpsilonGreedyPolicy::laws(const SessionBatch& sessions, std::span<SlateLaw> laws) const {
  Observation observation;
  for (std::size_t i = 0; i < laws.size(); ++i) {
    sessions.observe(i, observation);
    laws[i] = {.candidates = observation.candidates.size(), .draw = epsilon_};
    laws[i].ranking.resize(observation.candidates.size());
    highest(scores_of(observation, score_of), laws[i].ranking);
  }
}

}  // namespace infodiet::rl
