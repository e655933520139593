#include "recsys/ranking/everyone.hpp"

#include <algorithm>
#include <vector>

namespace infodiet::recsys {

void recommend_to_everyone(const Recommender& model, const Dataset& data, std::size_t k, engine::ThreadPool& pool,
                           const std::function<void(std::size_t, std::span<const ScoredItem>)>& visit) {
  constexpr std::size_t round = 4096;
  std::vector<History> histories;
  std::vector<std::vector<ScoredItem>> lists;
  for (std::size_t begin = 0; begin < data.users(); begin += round) {
    const std::size_t count = std::min(round, data.users() - begin);
    histories.clear();
    for (std::size_t i = 0; i < count; ++i) histories.push_back(data.history(begin + i));
    model.recommend(pool, histories, k, lists);
    for (std::size_t i = 0; i < count; ++i) visit(begin + i, lists[i]);
  }
}

}  // namespace infodiet::recsys
