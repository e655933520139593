// Scores of many histories, one row at a time, without holding all of them.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "recsys/ranking/recommender.hpp"

namespace infodiet::recsys {

/// The scores for one of several histories, on a thread of a pool.
struct ScoredRow {
  std::size_t number;             ///< of the history
  std::span<const float> scores;  ///< (V)
  std::size_t worker;             ///< the thread's number in the pool
};

/// Scores `count` histories in blocks on the threads of `pool`; `take` gets each row, in any order.
void score_each(const Recommender& model, engine::ThreadPool& pool, std::size_t count,
                const std::function<History(std::size_t)>& history_of,
                const std::function<void(const ScoredRow&)>& take);

}  // namespace infodiet::recsys
