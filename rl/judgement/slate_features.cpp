#include "rl/judgement/slate_features.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "rl/reward.hpp"

namespace infodiet::rl {

namespace {

/// A summary of a session so far.
struct Past {
  std::vector<double> taken;  ///< (topics) shares of what was taken
  Consumption recent;
  double takes = 0;
  double engagement = 0;
  double concentration = 0;
  bool took_last = false;

  explicit Past(const Observation& observation) : taken(observation.topics, 0.0) {
    for (std::size_t t = 0; t < observation.step; ++t) {
      const Candidate* item = observation.chosen_at(t);
      took_last = item != nullptr;
      if (item == nullptr) continue;
      ++takes;
      engagement += observation.events[t].engagement;
      recent.consume(*item);
      for (const Topic topic : item->topics) taken[topic] += 1 / static_cast<double>(item->topics.size());
    }
    for (double& share : taken) {
      if (takes > 0) share /= takes;
      concentration += share * share;
    }
    if (observation.step > 0) {
      takes /= static_cast<double>(observation.step);
      engagement /= static_cast<double>(observation.step);
    }
  }
};

template <class Value>
double mean_over_topics(const Candidate& item, const Value& value) {
  double sum = 0;
  for (const Topic topic : item.topics) sum += value(topic);
  return item.topics.empty() ? 0 : sum / static_cast<double>(item.topics.size());
}

SlateFeatures features_of(const Observation& observation, const Past& past, std::span<const Position> slate) {
  SlateFeatures x{};
  const double share = 1 / static_cast<double>(slate.size());
  double highest = observation.candidates[slate[0]].score;
  for (const Position position : slate) highest = std::max(highest, observation.candidates[position].score);
  double exps = 0;
  for (const Position position : slate) {
    const Candidate& item = observation.candidates[position];
    const double taken = mean_over_topics(item, [&](Topic topic) { return past.taken[topic]; });
    const double recent = mean_over_topics(item, [&](Topic topic) { return past.recent.recent(topic); });
    x[1] += share * item.score;
    exps += std::exp(item.score - highest);
    x[4] += share * item.quality.value_or(0);
    x[5] += share * item.clickbait.value_or(0);
    x[6] += share * item.minutes.value_or(0);
    x[7] += share * taken;
    x[8] = std::max(x[8], taken);
    x[9] += share * recent;
    if (!observation.interest.empty()) {
      x[10] += share * mean_over_topics(item, [&](Topic topic) { return observation.interest[topic]; });
    }
  }
  x[0] = 1;
  x[2] = highest;
  x[3] = highest + std::log(exps);
  x[11] = past.takes;
  x[12] = past.engagement;
  x[13] = past.concentration;
  x[14] = past.took_last ? 1 : 0;
  x[15] = x[3] * past.concentration;
  return x;
}

void add(SlateFeatures& sum, const SlateFeatures& x, double weight) {
  for (std::size_t j = 0; j < x.size(); ++j) sum[j] += weight * x[j];
}

double slates_in_order(const SlateLaw& law, std::size_t size) {
  double count = 1;
  for (std::size_t k = 0; k < size; ++k) count *= static_cast<double>(law.candidates - k);
  return count;
}

void add_all(const Observation& observation, const Past& past, const SlateLaw& law, std::vector<Position>& prefix,
             SlateFeatures& sum) {
  if (prefix.size() == observation.slate_size) {
    const double probability = slate_probability(law, prefix);
    if (probability > 0) add(sum, features_of(observation, past, prefix), probability);
    return;
  }
  for (Position next = 0; next < law.candidates; ++next) {
    if (std::find(prefix.begin(), prefix.end(), next) != prefix.end()) continue;
    prefix.push_back(next);
    add_all(observation, past, law, prefix, sum);
    prefix.pop_back();
  }
}

}  // namespace

SlateFeatures slate_features(const Observation& observation, std::span<const Position> slate) {
  return features_of(observation, Past(observation), slate);
}

SlateFeatures mean_features(const Observation& observation, const SlateLaw& law, engine::RandomStream& stream) {
  constexpr double most_slates = 200;
  constexpr int draws = 32;
  const Past past(observation);
  if (law.draw == 0 && law.explore == 0) {
    return features_of(observation, past, std::span(law.ranking).first(observation.slate_size));
  }
  SlateFeatures mean{};
  std::vector<Position> slate;
  if (slates_in_order(law, observation.slate_size) <= most_slates) {
    add_all(observation, past, law, slate, mean);
    return mean;
  }
  slate.resize(observation.slate_size);
  for (int draw = 0; draw < draws; ++draw) {
    draw_slate(law, stream, slate);
    add(mean, features_of(observation, past, slate), 1.0 / draws);
  }
  return mean;
}

}  // namespace infodiet::rl
