#include "rl/reward.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/evaluation/diversity.hpp"

namespace infodiet::rl {

namespace {

constexpr double largest_weight = 1e6;

bool has(const Candidate& item, Topic topic) {
  return std::find(item.topics.begin(), item.topics.end(), topic) != item.topics.end();
}

[[gnu::always_inline]] inline std::optional<double> diversity_of(const Consumption& before, const Candidate& item) {
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

/// Items of known popularity come from a data set, where a candidate's score is the recommender's.
std::optional<double> relevance_of(const Consumption&, const Candidate& item) {
  if (!item.popularity) return std::nullopt;
  return item.score;
}

constexpr std::array term_table{
    RewardTerm{recsys::setting<&RewardWeights::engagement>("engagement", -largest_weight, largest_weight,
                                                           "minutes spent, or 1 per item if minutes are unknown"),
               &RewardTerms::engagement,
               [](const Consumption&, const Candidate& item) { return std::optional(engagement_of(item)); }},
    RewardTerm{
        recsys::setting<&RewardWeights::quality>("quality", -largest_weight, largest_weight, "quality in [-1, 1]"),
        &RewardTerms::quality, [](const Consumption&, const Candidate& item) { return item.quality; }},
    RewardTerm{recsys::setting<&RewardWeights::diversity>("diversity", -largest_weight, largest_weight,
                                                          "1 if its topic is not among the last five consumed"),
               &RewardTerms::diversity, diversity_of},
    RewardTerm{
        recsys::setting<&RewardWeights::novelty>("novelty", -largest_weight, largest_weight, "-log2 of its popularity"),
        &RewardTerms::novelty, novelty_of},
    RewardTerm{recsys::setting<&RewardWeights::overload>("overload", -largest_weight, largest_weight,
                                                         "1 if it exceeds the person's attention budget"),
               &RewardTerms::overload, overload_of},
    RewardTerm{recsys::setting<&RewardWeights::relevance>(
                   "relevance", -largest_weight, largest_weight,
                   "the recommender's log-probability of what is shown, minus that of a uniform choice"),
               &RewardTerms::relevance, relevance_of, TermOf::shown},
};

/// A row of the table whose functions the compiler can inline: calls through pointers would cost a tenth of a simulated
/// step.
template <std::size_t row>
struct Row {
  static constexpr auto weight = term_table[row].weight.get;
  static constexpr auto value = term_table[row].value;
  static constexpr auto of = term_table[row].of;
  static constexpr bool shown = term_table[row].what == TermOf::shown;
};

/// Mean of a row's term over the items, 0 where it is unknown; null if it is unknown of all.
template <class AnyRow>
std::optional<double> mean_of_shown(const Consumption& before, std::span<const Candidate> slate) {
  std::optional<double> sum;
  for (const Candidate& item : slate) {
    const std::optional<double> term = AnyRow::of(before, item);
    if (term) sum = sum.value_or(0) + *term;
  }
  if (sum) *sum /= static_cast<double>(slate.size());
  return sum;
}

/// Calls `body` with each row.
template <class Body>
[[gnu::always_inline]] inline void for_each_row(const Body& body) {
  const auto call = [&]<std::size_t... row>(std::index_sequence<row...>) {
    (body(Row<row>{}), ...);
  };
  call(std::make_index_sequence<term_table.size()>{});
}

}  // namespace

std::span<const RewardTerm> reward_terms() {
  return term_table;
}

std::span<const recsys::Setting<RewardWeights>> RewardWeights::settings() {
  static const std::vector<recsys::Setting<RewardWeights>> of_terms = [] {
    std::vector<recsys::Setting<RewardWeights>> weights;
    for (const RewardTerm& term : reward_terms()) weights.push_back(term.weight);
    return weights;
  }();
  return of_terms;
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
  for_each_row([&](auto row) { sum += row.weight(weights) * (this->*row.value).value_or(0); });
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

RewardTerms Consumption::terms(std::span<const Candidate> slate, const Candidate* consumed) const {
  RewardTerms terms;
  for_each_row([&](auto row) {
    if constexpr (row.shown) {
      terms.*row.value = mean_of_shown<decltype(row)>(*this, slate);
    } else if (consumed != nullptr) {
      terms.*row.value = row.of(*this, *consumed);
    }
  });
  return terms;
}

double Consumption::reward(const Candidate& item, const RewardWeights& weights) const {
  double sum = 0;
  for_each_row([&](auto row) {
    if constexpr (row.shown) return;
    const double weight = row.weight(weights);
    if (weight != 0) sum += weight * row.of(*this, item).value_or(0);
  });
  return sum;
}

double Consumption::reward_of_shown(std::span<const Candidate> slate, const RewardWeights& weights) const {
  double sum = 0;
  for_each_row([&](auto row) {
    if constexpr (row.shown) {
      const double weight = row.weight(weights);
      if (weight != 0) sum += weight * mean_of_shown<decltype(row)>(*this, slate).value_or(0);
    }
  });
  return sum;
}

void Consumption::consume(const Candidate& item) {
  last_[consumed_++ % remembered] = item;
  spent_ += engagement_of(item);
}

std::vector<RewardTerms> step_terms(const Observation& session) {
  Consumption consumption(session.attention);
  std::vector<RewardTerms> terms;
  terms.reserve(session.step);
  for (std::size_t t = 0; t < session.step; ++t) {
    const Candidate* item = session.chosen_at(t);
    terms.push_back(consumption.terms(session.slate_at(t), item));
    if (item != nullptr) consumption.consume(*item);
  }
  return terms;
}

}  // namespace infodiet::rl
