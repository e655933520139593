#include "recsys/evaluation/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/random.hpp"
#include "recsys/baselines/popularity.hpp"
#include "recsys/evaluation/metrics.hpp"

namespace infodiet::recsys {

namespace {

constexpr std::size_t list_length = 10;
constexpr std::size_t group_count = 4;

// The whole history that a case is a part of has the times of its targets.
std::span<const std::int64_t> times_of_targets(const Examination& examination, const EvaluationCase& one) {
  const History whole = examination.data.history(one.user);
  if (whole.times.empty() || whole.size() <= one.history.size()) return {};
  return whole.times.subspan(one.history.size());
}

std::size_t duplicates_in(const Dataset& data) {
  std::size_t count = 0;
  for (std::size_t user = 0; user < data.users(); ++user) {
    const History history = data.history(user);
    for (std::size_t i = 1; i < history.size() && !history.times.empty(); ++i) {
      for (std::size_t j = i; j-- > 0 && history.times[j] == history.times[i];) {
        if (history.items[j] != history.items[i]) continue;
        ++count;
        break;
      }
    }
  }
  return count;
}

std::size_t later_than_median(const Dataset& training, std::vector<std::int64_t> times) {
  if (times.empty()) return 0;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return static_cast<std::size_t>(
      std::count_if(training.times.begin(), training.times.end(), [&](std::int64_t time) { return time > *middle; }));
}

void add_groups(std::vector<CaseGroup>& groups, const char* what, const char* unit, std::span<const std::size_t> keys,
                const RankedCases& ranked) {
  const std::vector<double> hits = metric_per_case(Metric::hit_rate, ranked, list_length);
  const std::vector<double> gains = metric_per_case(Metric::ndcg, ranked, list_length);
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  // Equal keys stay together, so a group may be larger than a quarter, or empty.
  std::size_t begin = 0;
  for (std::size_t g = 1; g <= group_count; ++g) {
    std::size_t end = std::max(begin, order.size() * g / group_count);
    while (end > begin && end < order.size() && keys[order[end]] == keys[order[end - 1]]) ++end;
    if (end == begin) continue;
    CaseGroup group{.name = fmt::format("{} {} to {}{}", what, keys[order[begin]], keys[order[end - 1]], unit)};
    for (std::size_t i = begin; i < end; ++i) {
      group.hit_rate += hits[order[i]] / static_cast<double>(end - begin);
      group.ndcg += gains[order[i]] / static_cast<double>(end - begin);
    }
    group.cases = end - begin;
    groups.push_back(std::move(group));
    begin = end;
  }
}

}  // namespace

CaseAudit audit_cases(const Examination& examination) {
  const std::vector<EvaluationCase>& cases = examination.judged.cases;
  const std::vector<std::uint32_t> counts = item_counts(examination.training);
  CaseAudit audit{.people = examination.data.users(),
                  .cases = cases.size(),
                  .forbidden = examination.judged.forbidden,
                  .training = examination.training.items.size(),
                  .duplicates = duplicates_in(examination.data)};
  std::vector<std::int64_t> times;
  for (const EvaluationCase& one : cases) {
    audit.targets += one.targets.size();
    for (const ItemIndex target : one.targets) {
      const auto& seen = one.history.items;
      audit.repeated += std::find(seen.begin(), seen.end(), target) != seen.end() ? 1 : 0;
      audit.cold_targets += counts[target] == 0 ? 1 : 0;
    }
    audit.cold_people += examination.training.history(one.user).size() == 0 ? 1 : 0;
    const std::span<const std::int64_t> of_targets = times_of_targets(examination, one);
    if (of_targets.empty()) continue;
    times.push_back(of_targets.front());
    audit.tied += one.history.size() > 0 && one.history.times.back() == of_targets.front() ? 1 : 0;
  }
  audit.later = later_than_median(examination.training, std::move(times));
  audit.without_case = audit.people - std::min(audit.people, examination.asked);
  return audit;
}

Interval order_gain(const Recommender& model, const Examination& examination, const RankedCases& ranked,
                    std::uint64_t seed, engine::ThreadPool& pool) {
  const ShuffledCases shuffled(examination.judged.cases, seed);
  const RankedCases disordered = rank_cases(model, shuffled.cases(), 0, pool, examination.repeats);
  return paired_bootstrap(metric_per_case(Metric::ndcg, ranked, list_length),
                          metric_per_case(Metric::ndcg, disordered, list_length), {.seed = seed}, pool);
}

ShuffledCases::ShuffledCases(std::span<const EvaluationCase> cases, std::uint64_t seed)
    : cases_(cases.begin(), cases.end()) {
  for (const EvaluationCase& one : cases) {
    items_.insert(items_.end(), one.history.items.begin(), one.history.items.end());
  }
  std::size_t begin = 0;
  for (std::size_t c = 0; c < cases_.size(); ++c) {
    History& history = cases_[c].history;
    const std::span<ItemIndex> items = std::span(items_).subspan(begin, history.size());
    engine::RandomStream stream(seed, engine::Purpose::shuffle, static_cast<std::uint32_t>(c), 4);
    engine::shuffle(items, stream);
    history.items = items;
    begin += items.size();
  }
}

std::vector<CaseGroup> groups_of(const Examination& examination, const RankedCases& ranked) {
  const std::vector<std::uint32_t> counts = item_counts(examination.training);
  std::vector<std::size_t> lengths;
  std::vector<std::size_t> popularities;
  for (const EvaluationCase& one : examination.judged.cases) {
    lengths.push_back(one.history.size());
    popularities.push_back(counts[one.targets.front()]);
  }
  std::vector<CaseGroup> groups;
  add_groups(groups, "history of", "", lengths, ranked);
  add_groups(groups, "target taken in", " times", popularities, ranked);
  return groups;
}

}  // namespace infodiet::recsys
