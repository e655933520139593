// The interface of everything that ranks a catalogue: baselines and the attention model.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/matrix_span.hpp"
#include "engine/parallel.hpp"
#include "recsys/data/dataset.hpp"
#include "recsys/ranking/top_k.hpp"

namespace infodiet::recsys {

/// How many histories to score at a time: enough for a matrix product, within 64 MiB of scores per worker. Depends only
/// on the catalogue, so that results have the same bits for any number of threads.
std::size_t scoring_block(std::size_t catalogue_size);

/// A list to compute.
struct ListQuery {
  History history;
  Allowed allowed{};
};

/// Scores the whole catalogue for the next interaction. Immutable once made, so several threads may call `score`.
class Recommender {
 public:
  virtual ~Recommender() = default;

  /// The model's name as the command line and the database spell it: "popularity", "markov", "attention", ...
  virtual std::string name() const = 0;
  /// V.
  virtual std::size_t catalogue_size() const = 0;

  /// scores (B, V): row b is for the item after histories[b], which may be empty; higher is better, every score finite.
  /// Filters nothing: callers exclude seen items. Throws ShapeError if `scores` has another shape.
  virtual void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const = 0;

  /// lists[b]: the k best items that queries[b] allows, best first, equal scores by lower index. Scores blocks of
  /// histories on the threads of `pool`; models override it if they can find the best without scoring whole rows. The
  /// same bits for any number of threads.
  virtual void recommend(engine::ThreadPool& pool, std::span<const ListQuery> queries, std::size_t k,
                         std::vector<std::vector<ScoredItem>>& lists) const;
};

}  // namespace infodiet::recsys
