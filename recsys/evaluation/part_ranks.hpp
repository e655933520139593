// Ranks over a catalogue whose scores are in parts, as processes have them: merged, they are exactly those of
// rank_cases. Does not move the parts.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "recsys/evaluation/ranks.hpp"

namespace infodiet::recsys {

/// The distinct targets of cases, ascending within each.
struct CaseTargets {
  std::vector<std::size_t> offsets{0};  ///< (C + 1)
  std::vector<ItemIndex> items;
  std::vector<float> scores;  ///< (items)
};

/// Without scores yet: all are 0.
CaseTargets targets_of(std::span<const EvaluationCase> cases);

/// What one part of the catalogue says about cases.
struct PartRanks {
  /// A score that is not finite.
  struct BadScore {
    std::uint64_t number;  ///< of the case
    ItemIndex item;
    float score;
  };
  std::vector<BadScore> bad;                 ///< the first, if there is one
  std::vector<std::uint32_t> before;         ///< how many items of the part come before each target
  std::vector<std::size_t> list_offsets{0};  ///< (C + 1)
  std::vector<ScoredItem> lists;             ///< each case's best of the part
};

/// `scores` (C, items of the part) are of the items from `first` on, and are changed.
PartRanks rank_in_part(std::span<const EvaluationCase> cases, const CaseTargets& targets,
                       engine::MatrixSpan<float> scores, std::size_t first, const RankQuestion& question,
                       engine::ThreadPool& pool);

/// What the parts, in the order of their items, say together. Throws DamagedError where rank_cases does.
RankedCases merged(std::string_view model, const CaseTargets& targets, std::span<const PartRanks> parts,
                   const RankQuestion& question);

}  // namespace infodiet::recsys
