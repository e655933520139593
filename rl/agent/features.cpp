#include "rl/agent/features.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "recsys/evaluation/diversity.hpp"

namespace infodiet::rl {

namespace {

/// Closeness to the beginning and to the end, at three ranges, and the share of the session that is over.
std::array<float, 7> step_features(std::size_t step, std::size_t steps) {
  const double gone = static_cast<double>(step);
  const double left = static_cast<double>(steps) - gone - 1;
  std::array<float, 7> features{static_cast<float>(gone / static_cast<double>(steps))};
  std::size_t next = 1;
  for (const double range : {1.0, 3.0, 10.0}) {
    features[next++] = static_cast<float>(std::exp(-gone / range));
    features[next++] = static_cast<float>(std::exp(-left / range));
  }
  return features;
}

/// The factor that scales a sum, decaying or not, to the size of the other features.
double sum_scale(double pace) {
  constexpr double lasting = 0.25;
  return pace < 1 ? std::sqrt(1 - pace) : lasting;
}

}  // namespace

float squeezed(double amount) {
  return static_cast<float>(std::log1p(std::max(0.0, amount)) / 3);
}

void AgentFeatures::add_item(const Candidate& item, float weight, std::span<float> features) const {
  std::size_t next = 0;
  const auto add = [&](float value) { features[next++] += weight * value; };
  const auto add_known = [&](const std::optional<double>& value, auto scaled) {
    add(value ? static_cast<float>(scaled(*value)) : 0);
    add(value ? 1 : 0);
  };
  add(1);
  add_known(item.quality, [](double quality) { return quality; });
  add_known(item.clickbait, [](double clickbait) { return 2 * clickbait - 1; });
  add_known(item.minutes, squeezed);
  add_known(item.popularity, [](double popularity) { return recsys::novelty(popularity) / 10; });
  recsys::add_topics(item.topics, weight, features.subspan(attribute_size));
}

void AgentFeatures::of_event(const Observation& observation, std::size_t t, std::span<float> features) const {
  std::fill(features.begin(), features.end(), 0.0F);
  const std::span<float> shown = features.first(item_size());
  const std::span<float> chosen = features.subspan(item_size(), item_size());
  const std::span<float> rest = features.subspan(2 * item_size());
  const std::span<float> interest = rest.subspan(5);
  if (t == 0) {
    rest[0] = 1;
    rest[3] = observation.attention ? squeezed(*observation.attention) : 0;
    rest[4] = observation.attention ? 1 : 0;
    std::copy(observation.interest.begin(), observation.interest.end(), interest.begin());
    return;
  }
  for (const Candidate& item : observation.slate_at(t - 1)) {
    add_item(item, 1 / static_cast<float>(observation.slate_size), shown);
  }
  if (const Candidate* item = observation.chosen_at(t - 1)) {
    add_item(*item, 1, chosen);
    rest[1] = 1;
    rest[2] = squeezed(observation.events[t - 1].engagement);
  }
}

void AgentFeatures::add_sums(const Observation& observation, double pace, std::span<float> sums) const {
  const std::span<float> taken = sums.first(topics_);
  const std::span<float> passed = sums.subspan(topics_, topics_);
  const std::span<float> all = sums.subspan(2 * topics_);
  double kept = sum_scale(pace);
  for (std::size_t t = observation.step; t-- > 0; kept *= pace) {
    const auto weight = static_cast<float>(kept);
    const Candidate* chosen = observation.chosen_at(t);
    for (const Candidate& shown : observation.slate_at(t)) {
      recsys::add_topics(shown.topics, weight, &shown == chosen ? taken : passed);
    }
    all[chosen == nullptr ? 0 : 1] += weight;
    if (chosen == nullptr) continue;
    all[2] += weight * static_cast<float>(chosen->quality.value_or(0));
    if (chosen->clickbait) all[3] += weight * static_cast<float>(2 * *chosen->clickbait - 1);
    all[4] += weight * squeezed(observation.events[t].engagement);
  }
}

void AgentFeatures::of_state(const Observation& observation, std::span<float> features) const {
  if (sums_ == SessionSums::no) return;
  std::fill(features.begin(), features.end(), 0.0F);
  for (std::size_t p = 0; p < paces.size(); ++p) {
    add_sums(observation, paces[p], features.subspan(p * sums_size(), sums_size()));
  }
  std::span<float> rest = features.subspan(paces.size() * sums_size());
  for (const double pace : item_paces) {
    double kept = sum_scale(pace);
    for (std::size_t t = observation.step; t-- > 0;) {
      const Candidate* chosen = observation.chosen_at(t);
      if (chosen == nullptr) continue;
      recsys::add_topics(chosen->topics, static_cast<float>(kept), rest.first(topics_));
      kept *= pace;
    }
    rest = rest.subspan(topics_);
  }
  const auto step = step_features(observation.step, observation.steps);
  std::copy(step.begin(), step.end(), rest.begin());
  const std::span<float> person = rest.subspan(step_size);
  std::copy(observation.interest.begin(), observation.interest.end(), person.begin());
  person[topics_] = observation.attention ? squeezed(*observation.attention) : 0;
  person[topics_ + 1] = observation.attention ? 1 : 0;
  add_last(observation, features.subspan(last_steps_begin()));
}

void AgentFeatures::add_last(const Observation& observation, std::span<float> features) const {
  const std::span<float> by_step = features.first(last_steps * last_step_size());
  const std::span<float> by_item = features.subspan(by_step.size());
  std::size_t items = 0;
  for (std::size_t age = 0; age < observation.step && (age < last_steps || items < last_items); ++age) {
    const std::size_t t = observation.step - 1 - age;
    const Candidate* chosen = observation.chosen_at(t);
    if (chosen != nullptr && items < last_items) {
      recsys::add_topics(chosen->topics, 1.0F, by_item.subspan(items++ * topics_, topics_));
    }
    if (age >= last_steps) continue;
    const std::span<float> row = by_step.subspan(age * last_step_size(), last_step_size());
    const std::span<float> all = row.subspan(topics_);
    if (chosen == nullptr) {
      all[0] = 1;
      continue;
    }
    recsys::add_topics(chosen->topics, 1.0F, row.first(topics_));
    all[1] = static_cast<float>(chosen->quality.value_or(0));
    if (chosen->clickbait) all[2] = static_cast<float>(2 * *chosen->clickbait - 1);
    all[3] = squeezed(observation.events[t].engagement);
  }
}

void AgentFeatures::add_meetings(const Candidate& item, std::span<const float> state, std::span<float> features) const {
  const auto mean_of = [&](std::span<const float> by_topic) {
    float sum = 0;
    for (const Topic topic : item.topics) sum += by_topic[topic] / static_cast<float>(item.topics.size());
    return sum;
  };
  std::size_t next = 0;
  const auto add_at = [&](std::size_t begin) { features[next++] = mean_of(state.subspan(begin, topics_)); };
  for (std::size_t p = 0; p < paces.size(); ++p) {
    add_at(p * sums_size());
    add_at(p * sums_size() + topics_);
  }
  for (std::size_t p = 0; p < item_paces.size(); ++p) add_at(paces.size() * sums_size() + p * topics_);
  for (std::size_t k = 0; k < last_steps; ++k) add_at(last_steps_begin() + k * last_step_size());
  const std::size_t items_begin = last_steps_begin() + last_steps * last_step_size();
  for (std::size_t k = 0; k < last_items; ++k) add_at(items_begin + k * topics_);
}

void AgentFeatures::of_candidates(const Observation& observation, std::span<const float> state,
                                  std::span<float> features) const {
  std::fill(features.begin(), features.end(), 0.0F);
  const std::array<float, step_size> step = step_features(observation.step, observation.steps);
  double spent = 0;
  for (const Event& event : observation.events) spent += event.engagement;
  const float overspent = observation.attention ? static_cast<float>(spent / *observation.attention) : 0;
  const std::vector<double> scores =
      scores_ == ScoreInput::told ? standardised_scores(observation.candidates) : std::vector<double>();
  float favourite = 0;
  for (const double share : observation.interest) favourite = std::max(favourite, static_cast<float>(share));

  for (std::size_t i = 0; i < observation.candidates.size(); ++i) {
    const Candidate& item = observation.candidates[i];
    const std::span<float> row = features.subspan(i * candidate_size(), candidate_size());
    add_item(item, 1, row.first(item_size()));
    const std::span<float> rest = row.subspan(item_size());
    if (!scores.empty()) rest[0] = static_cast<float>(scores[i]);
    for (std::size_t k = 0; favourite > 0 && k < item.topics.size(); ++k) {
      rest[1] +=
          static_cast<float>(observation.interest[item.topics[k]]) / favourite / static_cast<float>(item.topics.size());
    }
    rest[2] = overspent;
    const std::span<float> later = row.subspan(offer_size());
    std::copy(step.begin(), step.end(), later.begin());
    if (sums_ == SessionSums::yes) add_meetings(item, state, later.subspan(step_size));
  }
}

void AgentFeatures::of_terms(std::span<const float> state, std::span<const float> shown, std::span<float> terms) const {
  std::size_t next = 0;
  const auto add = [&](float value) { terms[next++] = value; };
  std::array<float, total_size> sums{};
  for (std::size_t p = 0; sums_ == SessionSums::yes && p < paces.size(); ++p) {
    std::copy_n(&state[p * sums_size() + 2 * topics_], totals, &sums[p * totals]);
  }
  add(1);
  for (const float sum : sums) add(sum);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (i < offer_size() || i >= offer_size() + step_size) add(shown[i]);
  }
  for (std::size_t a = 0; a < attributes.size(); ++a) {
    const float value = shown[attributes[a]];
    for (std::size_t b = 0; b <= a; ++b) add(value * shown[attributes[b]]);
    for (const float sum : sums) add(value * sum);
  }
}

void AgentFeatures::of_luck(std::span<const float> state, engine::MatrixSpan<const float> slate, const StepLuck& luck,
                            std::span<float> terms) const {
  std::size_t next = 0;
  const auto add = [&](float kind) {
    terms[next++] = kind;
    for (const std::size_t time : luck_times) {
      terms[next++] = sums_ == SessionSums::yes ? kind * state[step_begin() + time] : 0;
    }
  };
  const auto by_feature = [&](std::size_t feature) {
    float sum = 0;
    for (std::size_t i = 0; i < slate.rows; ++i) sum += luck.choices[i] * slate.row(i)[feature];
    return sum;
  };
  const auto add_taken = [&](std::span<const float> taken, const float* by_topic) {
    add(std::inner_product(taken.begin(), taken.end(), by_topic, 0.0F));
  };
  terms[next++] = 1;
  add(by_feature(0));
  for (const std::size_t attribute : attributes) add(by_feature(attribute));
  std::vector<float> by_topic(topics_);
  for (std::size_t topic = 0; topic < topics_; ++topic) {
    by_topic[topic] = by_feature(attribute_size + topic);
    add(by_topic[topic]);
  }
  for (std::size_t p = 0; p < paces.size() + item_paces.size(); ++p) {
    const std::size_t begin = p < paces.size() ? p * sums_size() : item_sums_begin() + (p - paces.size()) * topics_;
    add_taken(sums_ == SessionSums::yes ? state.subspan(begin, topics_) : std::span<const float>(), by_topic.data());
  }
  add(luck.engagement);
  add(luck.reward);
}

std::vector<double> standardised_scores(std::span<const Candidate> candidates) {
  const double n = static_cast<double>(candidates.size());
  double mean = 0;
  for (const Candidate& candidate : candidates) mean += candidate.score / n;
  double variance = 0;
  for (const Candidate& candidate : candidates) variance += (candidate.score - mean) * (candidate.score - mean) / n;
  const double scale = variance > 0 ? 1 / std::sqrt(variance) : 0;
  std::vector<double> scores;
  for (const Candidate& candidate : candidates) scores.push_back((candidate.score - mean) * scale);
  return scores;
}

}  // namespace infodiet::rl
