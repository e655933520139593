#include "recsys/evaluation/part_ranks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace infodiet::recsys {

namespace {

// How many of the part's items come before a target: of equal scores those with a lower index do.
std::uint32_t before(ItemIndex target, float score, std::span<const float> scores, std::size_t first) {
  const std::size_t lower = std::clamp<std::size_t>(target, first, first + scores.size()) - first;
  std::uint32_t count = 0;
  for (std::size_t item = 0; item < lower; ++item) count += scores[item] >= score ? 1U : 0U;
  for (std::size_t item = lower; item < scores.size(); ++item) count += scores[item] > score ? 1U : 0U;
  return count;
}

// What is found of one case.
struct Found {
  std::vector<PartRanks::BadScore> bad;
  std::vector<ScoredItem> list;
};

// Adds a case's best of all parts.
void merge_lists(std::size_t number, std::span<const PartRanks> parts, std::size_t length, RankedCases& all) {
  std::vector<ScoredItem> list;
  for (const PartRanks& part : parts) {
    const auto begin = part.lists.begin();
    list.insert(list.end(), begin + static_cast<std::ptrdiff_t>(part.list_offsets[number]),
                begin + static_cast<std::ptrdiff_t>(part.list_offsets[number + 1]));
  }
  std::sort(list.begin(), list.end(), better);
  list.resize(std::min(list.size(), length));
  all.lists.insert(all.lists.end(), list.begin(), list.end());
  all.list_offsets.push_back(all.lists.size());
}

void require_finite(std::string_view model, std::span<const PartRanks> parts) {
  const PartRanks::BadScore* worst = nullptr;
  for (const PartRanks& part : parts) {
    for (const PartRanks::BadScore& bad : part.bad) {
      if (worst == nullptr || bad.number < worst->number) worst = &bad;
    }
  }
  if (worst != nullptr) refuse_score(model, worst->item, worst->score);
}

}  // namespace

CaseTargets targets_of(std::span<const EvaluationCase> cases) {
  CaseTargets all;
  std::vector<ItemIndex> targets;
  for (const EvaluationCase& one : cases) {
    distinct_targets(one, targets);
    all.items.insert(all.items.end(), targets.begin(), targets.end());
    all.offsets.push_back(all.items.size());
  }
  all.scores.resize(all.items.size());
  return all;
}

PartRanks rank_in_part(std::span<const EvaluationCase> cases, const CaseTargets& targets,
                       engine::MatrixSpan<float> scores, std::size_t first, const RankQuestion& question,
                       engine::ThreadPool& pool) {
  PartRanks part;
  part.before.resize(targets.items.size());
  std::vector<Found> found(cases.size());
  std::vector<TopK> best(pool.size());
  pool.run(cases.size(), [&](std::size_t number, std::size_t worker) {
    const std::span<float> row(scores.row(number), scores.cols);
    const auto bad = std::find_if_not(row.begin(), row.end(), [](float score) { return std::isfinite(score); });
    if (bad != row.end()) {
      found[number].bad.push_back(
          {number, static_cast<ItemIndex>(first + static_cast<std::size_t>(bad - row.begin())), *bad});
    }
    for (const ItemIndex item : left_out(question.repeats, cases[number].history)) {
      if (item >= first && item - first < row.size()) row[item - first] = filtered_score;
    }
    for (std::size_t t = targets.offsets[number]; t < targets.offsets[number + 1]; ++t) {
      part.before[t] = before(targets.items[t], targets.scores[t], row, first);
    }
    if (question.list_length == 0) return;
    for (ScoredItem one : top_k(row, {}, question.list_length, best[worker])) {
      one.item += static_cast<ItemIndex>(first);
      found[number].list.push_back(one);
    }
  });
  for (const Found& one : found) {
    if (part.bad.empty()) part.bad = one.bad;
    part.lists.insert(part.lists.end(), one.list.begin(), one.list.end());
    part.list_offsets.push_back(part.lists.size());
  }
  return part;
}

RankedCases merged(std::string_view model, const CaseTargets& targets, std::span<const PartRanks> parts,
                   const RankQuestion& question) {
  require_finite(model, parts);
  RankedCases all;
  std::vector<std::size_t> order;
  for (std::size_t number = 0; number + 1 < targets.offsets.size(); ++number) {
    order.resize(targets.offsets[number + 1] - targets.offsets[number]);
    std::iota(order.begin(), order.end(), targets.offsets[number]);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return better({targets.items[a], targets.scores[a]}, {targets.items[b], targets.scores[b]});
    });
    for (const std::size_t target : order) {
      std::uint32_t rank = 1;
      for (const PartRanks& part : parts) rank += part.before[target];
      all.targets.push_back(targets.items[target]);
      all.ranks.push_back(rank);
    }
    all.offsets.push_back(all.targets.size());
    merge_lists(number, parts, question.list_length, all);
  }
  return all;
}

}  // namespace infodiet::recsys
