#include "rl/reward.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "recsys/errors.hpp"
#include "recsys/evaluation/diversity.hpp"

namespace infodiet::rl {

namespace {

constexpr double largest_weight = 1e6;

bool has(const Candidate& item, Topic topic) {
  return std::find(item.topics.begin(), item.topics.end(), topic) != item.topics.end();
}

std::optional<double> diversity_of(const Consumption& before, const Candidate& item) {
  if (item.topics.empty()) return std::nullopt;
  const auto recent = before.recent_items();
  const auto fresh = std::count_if(item.topics.begin(), item.topics.end(), [&](Topic topic) {
    return std::none_of(recent.begin(), recent.end(), [&](const Candidate& past) { return has(past, topic); });
  });
  return static_cast<double>(fresh) / static_cast<double>(item.topics.size());
}

std::optional<double> novelty_of(const Consumption&, const Candidate& item) {
  if (!item.popularity) return std::nullopt;
  return recsys::novelty(*item.popularity);
}

std::optional<double> overload_of(const Consumption& before, const Candidate& item) {
  if (!before.attention()) return std::nullopt;
  return before.spent() + engagement_of(item) > *before.attention() ? 1 : 0;
}

}  // namespace

std::span<const RewardTerm> reward_terms() {
  using W = RewardWeights;
  using T = RewardTerms;
  constexpr double most = largest_weight;
  static constexpr std::array table{
      RewardTerm{recsys::setting<&W::engagement>("engagement", -most, most,
                                                 "minutes spent, or 1 a click where minutes are unknown"),
                 &T::engagement,
                 [](const Consumption&, const Candidate& item) { return std::optional(engagement_of(item)); }},
      RewardTerm{recsys::setting<&W::quality>("quality", -most, most, "quality in [-1, 1]"), &T::quality,
                 [](const Consumption&, const Candidate& item) { return item.quality; }},
      RewardTerm{recsys::setting<&W::diversity>("diversity", -most, most,
                                                "1 if its topic is not among the last five consumed"),
                 &T::diversity, diversity_of},
      RewardTerm{recsys::setting<&W::novelty>("novelty", -most, most, "-log2 of its popularity"), &T::novelty,
                 novelty_of},
      RewardTerm{recsys::setting<&W::overload>("overload", -most, most, "1 beyond the person's attention"),
                 &T::overload, overload_of},
  };
  return table;
}

std::span<const recsys::Setting<RewardWeights>> RewardWeights::settings() {
  static const std::vector<recsys::Setting<RewardWeights>> table = [] {
    std::vector<recsys::Setting<RewardWeights>> weights;
    for (const RewardTerm& term : reward_terms()) weights.push_back(term.weight);
    return weights;
  }();
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
      throw recsys::SettingError(
          fmt::format("reward: term {} is given twice: expected one weight for each term", name));
    }
    names.push_back(name);
  }
  return recsys::read_options("reward", RewardWeights::settings(), assignments);
}

double RewardTerms::weighted(const RewardWeights& weights) const {
  double sum = 0;
  for (const RewardTerm& term : reward_terms()) sum += term.weight.get(weights) * (this->*term.value).value_or(0);
  return sum;
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
  for (const RewardTerm& term : reward_terms()) terms.*term.value = term.of(*this, item);
  return terms;
}

double Consumption::reward(const Candidate& item, const RewardWeights& weights) const {
  double sum = 0;
  for (const RewardTerm& term : reward_terms()) {
    const double weight = term.weight.get(weights);
    if (weight != 0) sum += weight * term.of(*this, item).value_or(0);
  }
  return sum;
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
