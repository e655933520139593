// The ranks that a model gives to what people consumed next, over the whole catalogue; candidates are never sampled.
// Metrics are in metrics.hpp.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/matrix_span.hpp"
#include "engine/parallel.hpp"
#include "recsys/data/repeats.hpp"
#include "recsys/data/split.hpp"
#include "recsys/ranking/recommender.hpp"
#include "recsys/ranking/top_k.hpp"

namespace infodiet::recsys {

/// One model's ranking of each of C cases.
struct RankedCases {
  std::string model;
  std::vector<std::size_t> offsets{0};       ///< (C + 1) case c holds targets [offsets[c], offsets[c + 1])
  std::vector<ItemIndex> targets;            ///< each case's distinct targets, best ranked first
  std::vector<std::uint32_t> ranks;          ///< (targets) from 1, ascending within a case
  std::size_t list_length = 0;               ///< how many of each ranking were kept
  std::vector<std::size_t> list_offsets{0};  ///< (C + 1)
  std::vector<ScoredItem> lists;             ///< each case's best `list_length` items, best first

  std::size_t size() const { return offsets.size() - 1; }
  std::span<const std::uint32_t> ranks_of(std::size_t c) const {
    return std::span(ranks).subspan(offsets[c], offsets[c + 1] - offsets[c]);
  }
  std::span<const ItemIndex> targets_of(std::size_t c) const {
    return std::span(targets).subspan(offsets[c], offsets[c + 1] - offsets[c]);
  }
  std::span<const ScoredItem> list_of(std::size_t c) const {
    return std::span(lists).subspan(list_offsets[c], list_offsets[c + 1] - list_offsets[c]);
  }
};

/// Ranks every target of every case among the whole catalogue. Where repeats are forbidden, items of the case's history
/// get minus infinity; judged_cases has removed targets among them. Equal scores rank by item index, lower first.
/// `list_length` > 0 also keeps the best of each ranking. Cases are scored in blocks whose size depends only on the
/// catalogue, so the result has the same bits for any number of threads. Throws ShapeError if a case names an item
/// outside the model's catalogue, DamagedError if a score is not finite, Error if a case
/// has no target or a forbidden one.
RankedCases rank_cases(const Recommender& model, std::span<const EvaluationCase> cases, std::size_t list_length,
                       engine::ThreadPool& pool, Repeats repeats = Repeats::forbid);

/// What is asked of every case.
struct RankQuestion {
  std::size_t list_length = 0;
  Repeats repeats = Repeats::forbid;
};

/// The score of an item that repeats forbid: below all others.
constexpr float filtered_score = -std::numeric_limits<float>::infinity();

/// What ranking reuses from block to block.
struct RankScratch {
  std::vector<ItemIndex> targets;
  TopK top_k;
};

/// Throws as rank_cases does unless each case has targets that may be ranked in a catalogue of so many items.
void check_cases(std::span<const EvaluationCase> cases, std::string_view model, std::size_t catalogue, Repeats repeats);

/// Throws DamagedError: the model of this name gives an item a score that is not finite.
[[noreturn]] void refuse_score(std::string_view model, ItemIndex item, float score);

/// Each case's distinct targets, ascending.
void distinct_targets(const EvaluationCase& one, std::vector<ItemIndex>& targets);

/// rank_cases of checked cases whose scores (C, V) are known; changes them.
RankedCases rank_scored(std::string_view model, std::span<const EvaluationCase> cases, engine::MatrixSpan<float> scores,
                        const RankQuestion& question, RankScratch& scratch);

/// Adds further cases, ranked by the same model.
void append(RankedCases& all, const RankedCases& more);

}  // namespace infodiet::recsys
