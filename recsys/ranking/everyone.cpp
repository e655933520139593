#include "recsys/ranking/everyone.hpp"

#include <algorithm>
#include <vector>

#include "recsys/data/liking.hpp"

namespace infodiet::recsys {

void batch_recommend(const Recommender& model, const Dataset& data, const ListRules& rules, engine::ThreadPool& pool,
                     const std::function<void(std::size_t, std::span<const ScoredItem>)>& visit) {
  constexpr std::size_t round = 4096;
  std::vector<ListQuery> queries;
  std::vector<std::vector<ItemIndex>> refused;  // excluded items of each query
  std::vector<std::vector<ScoredItem>> lists;
  for (std::size_t begin = 0; begin < data.users(); begin += round) {
    const std::size_t count = std::min(round, data.users() - begin);
    queries.clear();
    refused.clear();
    for (std::size_t i = 0; i < count; ++i) {
      const History history = data.history(begin + i);
      refused.push_back(never_listed(rules.repeats, history, data.low_of(begin + i)));
      queries.push_back({history, {.excluded = refused.back(), .mask = rules.mask}});
    }
    model.recommend(pool, queries, rules.k, lists);
    for (std::size_t i = 0; i < count; ++i) visit(begin + i, lists[i]);
  }
}

}  // namespace infodiet::recsys
