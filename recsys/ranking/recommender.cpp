#include "recsys/ranking/recommender.hpp"

#include <algorithm>

namespace infodiet::recsys {

std::size_t scoring_block(std::size_t catalogue_size) {
  constexpr std::size_t most = 64;
  constexpr std::size_t most_scores = std::size_t{1} << 24;
  return std::clamp<std::size_t>(most_scores / std::max<std::size_t>(catalogue_size, 1), 1, most);
}

void Recommender::recommend(engine::ThreadPool& pool, std::span<const ListQuery> queries, std::size_t k,
                            std::vector<std::vector<ScoredItem>>& lists) const {
  struct Scratch {
    std::vector<History> histories;
    std::vector<float> scores;
    TopK best;
  };
  const std::size_t catalogue = catalogue_size();
  const std::size_t block = scoring_block(catalogue);
  std::vector<Scratch> all_scratch(pool.size());
  lists.resize(queries.size());
  pool.run((queries.size() + block - 1) / block, [&](std::size_t b, std::size_t worker) {
    Scratch& scratch = all_scratch[worker];
    const std::size_t first = b * block;
    const std::size_t count = std::min(block, queries.size() - first);
    scratch.scores.resize(count * catalogue);
    scratch.histories.clear();
    for (const ListQuery& query : queries.subspan(first, count)) scratch.histories.push_back(query.history);
    score(scratch.histories, {scratch.scores.data(), count, catalogue});
    for (std::size_t i = 0; i < count; ++i) {
      const std::span<const float> scores = std::span(scratch.scores).subspan(i * catalogue, catalogue);
      const std::span<const ScoredItem> best = top_k(scores, queries[first + i].allowed, k, scratch.best);
      lists[first + i].assign(best.begin(), best.end());
    }
  });
}

}  // namespace infodiet::recsys
