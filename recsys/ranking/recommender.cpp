#include "recsys/ranking/recommender.hpp"

#include <algorithm>

#include "recsys/ranking/score_each.hpp"
#include "recsys/ranking/score_memory.hpp"

namespace infodiet::recsys {

std::size_t scoring_block(std::size_t catalogue_size) {
  constexpr std::size_t most = 64;
  return std::clamp<std::size_t>(most_scores / std::max<std::size_t>(catalogue_size, 1), 1, most);
}

void Recommender::recommend(engine::ThreadPool& pool, std::span<const ListQuery> queries, std::size_t k,
                            std::vector<std::vector<ScoredItem>>& lists) const {
  std::vector<TopK> best(pool.size());
  lists.resize(queries.size());
  const auto history_of = [&](std::size_t q) { return queries[q].history; };
  score_each(*this, pool, queries.size(), history_of, [&](const ScoredRow& row) {
    const std::span<const ScoredItem> list = top_k(row.scores, queries[row.number].allowed, k, best[row.worker]);
    lists[row.number].assign(list.begin(), list.end());
  });
}

}  // namespace infodiet::recsys
