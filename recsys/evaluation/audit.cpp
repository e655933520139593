#include "recsys/evaluation/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/random.hpp"
#include "recsys/baselines/popularity.hpp"
#include "recsys/evaluation/metrics.hpp"

namespace infodiet::recsys {

namespace {

constexpr std::size_t audited_list_length = 10;
constexpr std::size_t group_count = 4;

// When an interaction happened, to the nanosecond; numbered as in the data.
using Moment = std::pair<std::int64_t, std::int32_t>;
Moment moment_of(const Dataset& data, std::size_t interaction) {
  return {data.times[interaction], data.nanoseconds.empty() ? 0 : data.nanoseconds[interaction]};
}

// The number of a case's first target among the interactions, if it is one of them.
std::optional<std::size_t> first_target(const Examination& examination, const EvaluationCase& one) {
  const Dataset& data = examination.data;
  if (!examination.holdout || data.times.empty()) return std::nullopt;
  const bool tells_events = !data.are_of_event.empty();
  for (std::size_t i = data.offsets[one.user] + one.history.size(); i < data.offsets[one.user + 1]; ++i) {
    if (data.items[i] == one.targets.front() && (!tells_events || data.are_of_event[i] != 0)) return i;
  }
  return std::nullopt;
}

std::size_t duplicates_in(const Dataset& data) {
  std::size_t count = 0;
  for (std::size_t user = 0; user < data.users() && !data.times.empty(); ++user) {
    for (std::size_t i = data.offsets[user] + 1; i < data.offsets[user + 1]; ++i) {
      for (std::size_t j = i; j-- > data.offsets[user] && moment_of(data, j) == moment_of(data, i);) {
        if (data.items[j] != data.items[i]) continue;
        ++count;
        break;
      }
    }
  }
  return count;
}

std::optional<std::int64_t> median(std::vector<std::int64_t> times) {
  if (times.empty()) return std::nullopt;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

void add_groups(std::vector<CaseGroup>& groups, const char* what, const char* unit, std::span<const std::size_t> keys,
                const RankedCases& ranked) {
  const std::vector<double> hits = metric_per_case(Metric::hit_rate, ranked, audited_list_length);
  const std::vector<double> gains = metric_per_case(Metric::ndcg, ranked, audited_list_length);
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
  const Dataset& data = examination.data;
  const std::vector<std::uint32_t> counts = item_counts(examination.training);
  CaseAudit audit{.people = data.users(),
                  .asked = count_people(cases),
                  .cases = cases.size(),
                  .forbidden = examination.judged.forbidden,
                  .training = examination.training.items.size(),
                  .duplicates = duplicates_in(data)};
  std::vector<std::int64_t> times;
  for (const EvaluationCase& one : cases) {
    audit.targets += one.targets.size();
    for (const ItemIndex target : one.targets) {
      const auto& seen = one.history.items;
      audit.repeated += std::find(seen.begin(), seen.end(), target) != seen.end() ? 1 : 0;
      audit.cold_targets += counts[target] == 0 ? 1 : 0;
    }
    audit.cold_people += examination.training.history(one.user).size() == 0 ? 1 : 0;
    const std::optional<std::size_t> target = first_target(examination, one);
    if (!target) continue;
    times.push_back(data.times[*target]);
    const std::size_t last = data.offsets[one.user] + one.history.size() - 1;
    audit.tied += moment_of(data, last) == moment_of(data, *target) ? 1 : 0;
  }
  audit.cut = examination.cut ? examination.cut : median(std::move(times));
  // Interactions at the time of the cut count as after it.
  const std::vector<std::int64_t>& learnt = examination.training.times;
  audit.later = static_cast<std::size_t>(std::count_if(learnt.begin(), learnt.end(), [&](std::int64_t time) {
    return audit.cut && (examination.cut ? time >= *audit.cut : time > *audit.cut);
  }));
  audit.without_case = audit.people - audit.asked;
  return audit;
}

Interval order_gain(const Recommender& model, const Examination& examination, const RankedCases& ranked,
                    std::uint64_t seed, engine::ThreadPool& pool) {
  // In blocks: successive targets need one history each.
  constexpr std::size_t block = 1024;
  const std::span<const EvaluationCase> cases = examination.judged.cases;
  std::vector<double> disordered;
  for (std::size_t begin = 0; begin < cases.size(); begin += block) {
    const ShuffledCases shuffled(cases.subspan(begin, std::min(block, cases.size() - begin)), seed, begin);
    const std::vector<double> gains = metric_per_case(
        Metric::ndcg, rank_cases(model, shuffled.cases(), 0, pool, examination.repeats), audited_list_length);
    disordered.insert(disordered.end(), gains.begin(), gains.end());
  }
  const std::vector<std::size_t> per_user = cases_per_person(cases);
  return paired_bootstrap(metric_per_case(Metric::ndcg, ranked, audited_list_length), disordered,
                          {.seed = seed, .per_user = per_user}, pool);
}

ShuffledCases::ShuffledCases(std::span<const EvaluationCase> cases, std::uint64_t seed, std::size_t first)
    : cases_(cases.begin(), cases.end()) {
  for (const EvaluationCase& one : cases) {
    items_.insert(items_.end(), one.history.items.begin(), one.history.items.end());
  }
  std::size_t begin = 0;
  for (std::size_t c = 0; c < cases_.size(); ++c) {
    History& history = cases_[c].history;
    const std::span<ItemIndex> items = std::span(items_).subspan(begin, history.size());
    engine::RandomStream stream(seed, engine::Purpose::shuffle, static_cast<std::uint32_t>(first + c), 4);
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
  add_groups(groups, "target consumed", " times", popularities, ranked);
  return groups;
}

}  // namespace infodiet::recsys
