// Ranking cases by a model whose parts the processes of a job have (model_part.hpp), round by round: so many blocks of
// cases at a time that each process holds as many scores as it would by itself. No process holds the item table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/distributed/packed.hpp"
#include "recsys/attention/blend.hpp"
#include "recsys/attention/model_part.hpp"
#include "recsys/evaluation/ranks.hpp"

namespace infodiet::recsys {

/// Who ranks.
struct PartJob {
  engine::Communicator& processes;
  engine::ThreadPool& pool;
  ModelPart& part;
};

/// Ranks, or why there are none.
struct RankAnswer {
  RankedCases ranked = {};
  std::string damaged = {};  ///< what is damaged, or empty

  /// Throws DamagedError.
  const RankedCases& checked() const;
};

// Every process calls these with process 0's arguments; the others' are replaced, and their results are empty. Cases
// are checked ones (ranks.hpp).

/// What rank_cases gives, to the bit, for any number of processes. Attention alone, if `blend` is null or has no parts:
/// each process ranks among its own items. Mixed with parts of a blend, rows of scores are put together, each in one
/// process.
RankAnswer rank_by_parts(const PartJob& job, const Blend* blend, std::span<const EvaluationCase> cases,
                         RankQuestion question);
/// What add_attention_shares gives for the model's scores, case by case.
std::vector<double> target_shares_by_parts(const PartJob& job, std::span<const EvaluationCase> cases);

/// A case with the history it refers to.
struct OwnedCase {
  std::uint64_t user;
  std::vector<ItemIndex> items;
  std::vector<std::int64_t> times;
  std::vector<ItemIndex> targets;
};

/// Cases as a message, and back.
engine::Packed pack_cases(std::span<const EvaluationCase> cases);
std::vector<OwnedCase> unpack_cases(engine::Packed packed);
/// They refer to `owned`.
std::vector<EvaluationCase> views_of(std::span<const OwnedCase> owned);

/// An answer as a message, and back.
engine::Packed pack(const RankAnswer& answer);
RankAnswer unpack_answer(engine::Packed packed);

}  // namespace infodiet::recsys
