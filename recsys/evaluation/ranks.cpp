#include "recsys/evaluation/ranks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"
#include "recsys/ranking/recommender.hpp"

namespace infodiet::recsys {

namespace {

/// What one worker reuses from block to block.
struct RankingScratch {
  std::vector<float> scores;
  std::vector<History> histories;
  RankScratch ranking;
};

void check_items(std::string_view model, std::size_t catalogue, std::span<const ItemIndex> items) {
  for (const ItemIndex item : items) {
    if (item >= catalogue) {
      throw ShapeError(
          fmt::format("{} has {} items, but a case to evaluate names item index {}: the model has another catalogue; "
                      "train it again on this one",
                      model, catalogue, item));
    }
  }
}

/// 1 + how many items come before `target`; filtered items never do.
std::uint32_t rank_of(ItemIndex target, std::span<const float> scores) {
  const float own = scores[target];
  std::uint32_t before = 0;
  for (std::size_t item = 0; item < target; ++item) before += scores[item] >= own ? 1U : 0U;
  for (std::size_t item = target + 1; item < scores.size(); ++item) before += scores[item] > own ? 1U : 0U;
  return before + 1;
}

void rank_one(const EvaluationCase& one, const RankQuestion& asked, std::span<float> scores, RankScratch& scratch,
              RankedCases& out) {
  distinct_targets(one, scratch.targets);
  for (const ItemIndex item : left_out(asked.repeats, one.history)) scores[item] = filtered_score;

  std::sort(scratch.targets.begin(), scratch.targets.end(),
            [&](ItemIndex a, ItemIndex b) { return scores[a] > scores[b] || (scores[a] == scores[b] && a < b); });
  for (const ItemIndex target : scratch.targets) {
    out.targets.push_back(target);
    out.ranks.push_back(rank_of(target, scores));
  }
  out.offsets.push_back(out.targets.size());

  if (asked.list_length > 0) {
    const std::span<const ScoredItem> best = top_k(scores, {}, asked.list_length, scratch.top_k);
    out.lists.insert(out.lists.end(), best.begin(), best.end());
  }
  out.list_offsets.push_back(out.lists.size());
}

RankedCases rank_block(const Recommender& model, std::span<const EvaluationCase> cases, const RankQuestion& asked,
                       RankingScratch& scratch) {
  const std::size_t catalogue = model.catalogue_size();
  scratch.histories.clear();
  for (const EvaluationCase& one : cases) scratch.histories.push_back(one.history);
  scratch.scores.resize(cases.size() * catalogue);
  const engine::MatrixSpan<float> scores(scratch.scores.data(), cases.size(), catalogue);
  model.score(scratch.histories, scores);
  return rank_scored(model.name(), cases, scores, asked, scratch.ranking);
}

void append_offsets(std::vector<std::size_t>& offsets, std::span<const std::size_t> block) {
  const std::size_t base = offsets.back();
  for (const std::size_t offset : block.subspan(1)) offsets.push_back(base + offset);
}

}  // namespace

void check_cases(std::span<const EvaluationCase> cases, std::string_view model, std::size_t catalogue,
                 Repeats repeats) {
  std::vector<ItemIndex> targets;
  for (const EvaluationCase& one : cases) {
    if (one.targets.empty()) throw Error(fmt::format("user number {} has no target to rank", one.user));
    check_items(model, catalogue, one.history.items);
    check_items(model, catalogue, one.targets);
    distinct_targets(one, targets);
    for (const ItemIndex item : left_out(repeats, one.history)) {
      if (!std::binary_search(targets.begin(), targets.end(), item)) continue;
      throw Error(
          fmt::format("user number {} has a target that is in their history, where repeats are forbidden", one.user));
    }
  }
}

void refuse_score(std::string_view model, ItemIndex item, float score) {
  throw DamagedError(
      fmt::format("{} scores item index {} with {}, which cannot be ranked: the model is damaged or its training "
                  "diverged; train it again",
                  model, item, score));
}

void distinct_targets(const EvaluationCase& one, std::vector<ItemIndex>& targets) {
  targets.assign(one.targets.begin(), one.targets.end());
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
}

RankedCases rank_scored(std::string_view model, std::span<const EvaluationCase> cases, engine::MatrixSpan<float> scores,
                        const RankQuestion& question, RankScratch& scratch) {
  RankedCases out;
  for (std::size_t row = 0; row < cases.size(); ++row) {
    const std::span<float> of_case(scores.row(row), scores.cols);
    for (std::size_t item = 0; item < of_case.size(); ++item) {
      if (!std::isfinite(of_case[item])) refuse_score(model, static_cast<ItemIndex>(item), of_case[item]);
    }
    rank_one(cases[row], question, of_case, scratch, out);
  }
  return out;
}

void append(RankedCases& all, const RankedCases& more) {
  append_offsets(all.offsets, more.offsets);
  append_offsets(all.list_offsets, more.list_offsets);
  all.targets.insert(all.targets.end(), more.targets.begin(), more.targets.end());
  all.ranks.insert(all.ranks.end(), more.ranks.begin(), more.ranks.end());
  all.lists.insert(all.lists.end(), more.lists.begin(), more.lists.end());
}

RankedCases rank_cases(const Recommender& model, std::span<const EvaluationCase> cases, std::size_t list_length,
                       engine::ThreadPool& pool, Repeats repeats) {
  check_cases(cases, model.name(), model.catalogue_size(), repeats);
  const std::size_t size = scoring_block(model.catalogue_size());
  const std::size_t count = (cases.size() + size - 1) / size;
  std::vector<RankedCases> blocks(count);
  std::vector<RankingScratch> scratch(pool.size());
  pool.run(count, [&](std::size_t block, std::size_t worker) {
    const std::size_t begin = block * size;
    blocks[block] = rank_block(model, cases.subspan(begin, std::min(size, cases.size() - begin)),
                               {.list_length = list_length, .repeats = repeats}, scratch[worker]);
  });

  RankedCases all;
  all.model = model.name();
  all.list_length = list_length;
  for (const RankedCases& block : blocks) append(all, block);
  return all;
}

}  // namespace infodiet::recsys
