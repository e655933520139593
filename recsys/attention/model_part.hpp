// What one process of a job has of an attention model whose item table is split by rows: the network, and the rows of
// its own items. Scores those items only; rank_rounds.hpp puts together what all processes say.
#pragma once

#include <span>
#include <vector>

#include "engine/distributed/collectives.hpp"
#include "recsys/attention/number_set.hpp"
#include "recsys/attention/reading.hpp"
#include "recsys/data/split.hpp"
#include "recsys/ranking/item_scores.hpp"

namespace infodiet::recsys {

/// Scores have the bits of AttentionModel's, for any number of processes and threads.
class ModelPart {
 public:
  /// Refers to memory of the caller.
  struct Source {
    const AttentionConfig& config;
    const engine::Parameters<float>& network;
    engine::MatrixSpan<const float> items;  ///< (own items, D) the rows of this process
    std::size_t catalogue;                  ///< V
  };

  /// `substitutes` are those of the own items' output vectors, numbered from the first of them.
  ModelPart(engine::Communicator& processes, const Source& source, ItemVectors::Substitutes substitutes = {});
  /// Not copyable: its parts refer to each other.
  ModelPart(const ModelPart&) = delete;
  ModelPart& operator=(const ModelPart&) = delete;

  std::size_t catalogue() const { return source_.catalogue; }
  /// The items of each process.
  const engine::Bounds& items() const { return items_; }
  /// Which of so many cases each process reads: whole blocks of scoring_block.
  engine::Bounds blocks_of(std::size_t cases) const;

  /// scores (C, own items) after the histories of cases. All processes call it with the same cases: each reads some of
  /// the histories.
  void score(engine::ThreadPool& pool, std::span<const EvaluationCase> cases, engine::Matrix<float>& scores);

 private:
  void fetch(std::span<const EvaluationCase> cases);
  void read(std::span<const EvaluationCase> cases, Reading& reading, float* last) const;

  engine::Communicator& processes_;
  Source source_;
  AttentionNetwork<float> network_;
  engine::Bounds items_;
  ItemVectors outputs_;
  ItemScores scores_;
  NumberSet named_;
  bool has_all_ = false;          // whether inputs_ are all rows
  engine::Matrix<float> inputs_;  // (R, D) the rows that histories name
  engine::Matrix<float> last_;    // (C, D)
  std::vector<Reading> readings_;
};

}  // namespace infodiet::recsys
