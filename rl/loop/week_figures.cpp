#include "rl/loop/week_figures.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

#include "recsys/baselines/popularity.hpp"
#include "rl/diet/distribution.hpp"
#include "rl/diet/items.hpp"
#include "rl/diet/people.hpp"

namespace infodiet::rl {

namespace {

Estimate mean_of(const std::vector<double>& values) {
  return values.empty() ? Estimate{} : estimate(values);
}

/// Mean Jaccard index of each set with the others, for sets in ascending order.
std::vector<double> overlaps(const std::vector<std::vector<recsys::ItemIndex>>& sets) {
  if (sets.size() < 2) return {};
  std::vector<double> sums(sets.size(), 0.0);
  std::vector<recsys::ItemIndex> shared;
  for (std::size_t a = 0; a < sets.size(); ++a) {
    for (std::size_t b = a + 1; b < sets.size(); ++b) {
      shared.clear();
      std::set_intersection(sets[a].begin(), sets[a].end(), sets[b].begin(), sets[b].end(), std::back_inserter(shared));
      const double index =
          static_cast<double>(shared.size()) / static_cast<double>(sets[a].size() + sets[b].size() - shared.size());
      sums[a] += index;
      sums[b] += index;
    }
  }
  for (double& sum : sums) sum /= static_cast<double>(sets.size() - 1);
  return sums;
}

/// Variety of what was consumed, and its share of popular items.
struct Consumed {
  std::optional<double> topics;
  double popular = 0;
};

Consumed consumed_by(const PersonWeek& person, const Catalogue& catalogue, const std::vector<bool>& popular) {
  std::vector<Candidate> items;
  Consumed consumed;
  for (const recsys::ItemIndex item : person.consumed) {
    items.push_back(catalogue[item]);
    consumed.popular += (popular[item] ? 1.0 : 0.0) / static_cast<double>(person.consumed.size());
  }
  if (const auto shares = topic_shares(items, catalogue.topics())) consumed.topics = effective_topics(*shares);
  return consumed;
}

}  // namespace

std::span<const WeekFigure> week_figures() {
  using W = WeekFigures;
  static constexpr std::array table{
      WeekFigure{"taste_topics", "taste", "variety of people's tastes", &W::taste_topics},
      WeekFigure{"consumed_topics", "consumed", "variety of what each consumed", &W::consumed_topics},
      WeekFigure{"overlap", "overlap", "Jaccard index of what two people consumed", &W::overlap},
      WeekFigure{"popular", "popular", "share of consumption among the tenth most popular items", &W::popular},
      WeekFigure{"satisfaction", "satisfaction", "mean quality of what was consumed lately", &W::satisfaction},
      WeekFigure{"returns", "returns", "share of the people who came", &W::returns},
      WeekFigure{"engagement", "engagement", "minutes, or clicks, of those who came", &W::engagement},
  };
  return table;
}

std::vector<bool> popular_items(const recsys::Dataset& data) {
  const std::vector<std::uint32_t> counts = recsys::item_counts(data);
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  std::vector<bool> popular(counts.size(), false);
  for (std::size_t i = 0; i < (counts.size() + 9) / 10; ++i) popular[order[i]] = true;
  return popular;
}

WeekFigures measure_week(std::span<const PersonWeek> people, const Catalogue& catalogue,
                         const std::vector<bool>& popular) {
  std::vector<double> taste, topics, share, satisfaction, returns, engagement;
  std::vector<std::vector<recsys::ItemIndex>> sets;
  for (const PersonWeek& person : people) {
    taste.push_back(effective_topics(person.taste));
    satisfaction.push_back(person.satisfaction);
    returns.push_back(person.came ? 1 : 0);
    if (person.came) engagement.push_back(person.engagement);
    if (person.consumed.empty()) continue;
    const Consumed consumed = consumed_by(person, catalogue, popular);
    if (consumed.topics) topics.push_back(*consumed.topics);
    share.push_back(consumed.popular);
    if (sets.size() == most_people_compared) continue;
    std::vector<recsys::ItemIndex>& set = sets.emplace_back(person.consumed);
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
  }
  return {.taste_topics = mean_of(taste),
          .consumed_topics = mean_of(topics),
          .overlap = mean_of(overlaps(sets)),
          .popular = mean_of(share),
          .satisfaction = mean_of(satisfaction),
          .returns = mean_of(returns),
          .engagement = mean_of(engagement)};
}

}  // namespace infodiet::rl
