#include "recsys/ranking/score_each.hpp"

#include <algorithm>
#include <vector>

namespace infodiet::recsys {

void score_each(const Recommender& model, engine::ThreadPool& pool, std::size_t count,
                const std::function<History(std::size_t)>& history_of,
                const std::function<void(const ScoredRow&)>& take) {
  struct Scratch {
    std::vector<History> histories;
    std::vector<float> scores;
  };
  const std::size_t catalogue = model.catalogue_size();
  const std::size_t block = scoring_block(catalogue);
  std::vector<Scratch> all_scratch(pool.size());
  pool.run((count + block - 1) / block, [&](std::size_t b, std::size_t worker) {
    Scratch& scratch = all_scratch[worker];
    const std::size_t first = b * block;
    const std::size_t rows = std::min(block, count - first);
    scratch.scores.resize(rows * catalogue);
    scratch.histories.clear();
    for (std::size_t i = 0; i < rows; ++i) scratch.histories.push_back(history_of(first + i));
    model.score(scratch.histories, {scratch.scores.data(), rows, catalogue});
    for (std::size_t i = 0; i < rows; ++i) {
      take({.number = first + i,
            .scores = std::span(scratch.scores).subspan(i * catalogue, catalogue),
            .worker = worker});
    }
  });
}

}  // namespace infodiet::recsys
