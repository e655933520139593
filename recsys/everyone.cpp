#include "recsys/everyone.hpp"

#include <algorithm>
#include <vector>

namespace infodiet::recsys {

namespace {

constexpr std::size_t blocks_a_round = 64;

// What one worker reuses from block to block.
struct Scratch {
  std::vector<float> scores;
  std::vector<History> histories;
  TopKBuffers top_k;
};

using Lists = std::vector<std::vector<ScoredItem>>;

void list_block(const Recommender& model, const Dataset& data, std::size_t k, std::size_t first, std::size_t count,
                Scratch& scratch, std::span<std::vector<ScoredItem>> lists) {
  const std::size_t catalogue = model.catalogue_size();
  scratch.histories.clear();
  for (std::size_t i = 0; i < count; ++i) scratch.histories.push_back(data.history(first + i));
  scratch.scores.resize(count * catalogue);
  model.score(scratch.histories, {scratch.scores.data(), count, catalogue});
  for (std::size_t i = 0; i < count; ++i) {
    const std::span<const float> scores = std::span(scratch.scores).subspan(i * catalogue, catalogue);
    const std::span<const ScoredItem> best = top_k(scores, scratch.histories[i].items, k, scratch.top_k);
    lists[i].assign(best.begin(), best.end());
  }
}

}  // namespace

std::size_t scoring_block(std::size_t catalogue_size) {
  constexpr std::size_t most = 64;
  constexpr std::size_t most_scores = std::size_t{1} << 24;
  return std::clamp<std::size_t>(most_scores / std::max<std::size_t>(catalogue_size, 1), 1, most);
}

void recommend_to_everyone(const Recommender& model, const Dataset& data, std::size_t k, engine::ThreadPool& pool,
                           const std::function<void(std::size_t, std::span<const ScoredItem>)>& visit) {
  const std::size_t block = scoring_block(model.catalogue_size());
  const std::size_t round = block * blocks_a_round;
  std::vector<Scratch> scratch(pool.size());
  Lists lists(std::min(round, data.users()));
  for (std::size_t begin = 0; begin < data.users(); begin += round) {
    const std::size_t count = std::min(round, data.users() - begin);
    pool.run((count + block - 1) / block, [&](std::size_t b, std::size_t worker) {
      const std::size_t offset = b * block;
      const std::size_t size = std::min(block, count - offset);
      list_block(model, data, k, begin + offset, size, scratch[worker], std::span(lists).subspan(offset, size));
    });
    for (std::size_t i = 0; i < count; ++i) visit(begin + i, lists[i]);
  }
}

}  // namespace infodiet::recsys
