#include "rl/reward.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "recsys/evaluation/diversity.hpp"
#include "rl/errors.hpp"

namespace infodiet::rl {

namespace {

constexpr double largest_weight = 1e6;

bool has(const Candidate& item, Topic topic) {
  return std::find(item.topics.begin(), item.topics.end(), topic) != item.topics.end();
}

}  // namespace

std::span<const Parameter<RewardWeights>> RewardWeights::parameters() {
  using W = RewardWeights;
  constexpr double most = largest_weight;
  static constexpr std::array table{
      parameter<&W::engagement>("engagement", -most, most, "minutes spent, or 1 a click where minutes are unknown"),
      parameter<&W::quality>("quality", -most, most, "quality in [-1, 1]"),
      parameter<&W::diversity>("diversity", -most, most, "1 if its topic is not among the last five consumed"),
      parameter<&W::novelty>("novelty", -most, most, "-log2 of its popularity"),
      parameter<&W::overload>("overload", -most, most, "1 beyond the person's attention"),
  };
  return table;
}

RewardWeights parse_reward(std::string_view text) {
  std::vector<std::string> assignments;
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    assignments.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
    const std::string name = assignments.back().substr(0, assignments.back().find('='));
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      throw SettingError(fmt::format("reward: term {} is given twice: expected one weight for each term", name));
    }
    names.push_back(name);
  }
  return read_options("reward", RewardWeights::parameters(), assignments);
}

double RewardTerms::weighted(const RewardWeights& weights) const {
  return weights.engagement * engagement.value_or(0) + weights.quality * quality.value_or(0) +
         weights.diversity * diversity.value_or(0) + weights.novelty * novelty.value_or(0) +
         weights.overload * overload.value_or(0);
}

std::span<const Candidate> Consumption::recent_items() const {
  return std::span(last_).first(std::min(consumed_, remembered));
}

double Consumption::recent(Topic topic) const {
  double count = 0;
  for (const Candidate& item : recent_items()) {
    if (has(item, topic)) count += 1 / static_cast<double>(item.topics.size());
  }
  return count;
}

RewardTerms Consumption::terms(const Candidate& item) const {
  RewardTerms terms;
  terms.engagement = engagement_of(item);
  terms.quality = item.quality;
  if (!item.topics.empty()) {
    const auto fresh = std::count_if(item.topics.begin(), item.topics.end(), [&](Topic topic) {
      const auto recent = recent_items();
      return std::none_of(recent.begin(), recent.end(), [&](const Candidate& past) { return has(past, topic); });
    });
    terms.diversity = static_cast<double>(fresh) / static_cast<double>(item.topics.size());
  }
  if (item.popularity) terms.novelty = recsys::novelty(*item.popularity);
  if (attention_) terms.overload = spent_ + engagement_of(item) > *attention_ ? 1 : 0;
  return terms;
}

void Consumption::consume(const Candidate& item) {
  last_[consumed_++ % remembered] = item;
  spent_ += engagement_of(item);
}

std::vector<RewardTerms> consumed_terms(const Observation& session) {
  Consumption consumption(session.attention);
  std::vector<RewardTerms> terms;
  for (std::size_t t = 0; t < session.step; ++t) {
    const Candidate* item = session.chosen_at(t);
    if (item == nullptr) continue;
    terms.push_back(consumption.terms(*item));
    consumption.consume(*item);
  }
  return terms;
}

}  // namespace infodiet::rl
