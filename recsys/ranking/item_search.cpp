#include "recsys/ranking/item_search.hpp"

#include <algorithm>
#include <array>

#include "engine/gemm.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"
#include "engine/tensor.hpp"

namespace infodiet::recsys {

namespace {

// Queries scored together with a tile: enough for a matrix product at full speed.
constexpr std::size_t query_block = 128;
// From this many queries on, products are faster than dot products one by one.
constexpr std::size_t enough_for_products = 4;
// Items per tile: its scores with a block of queries stay in the second-level cache.
constexpr std::size_t item_tile = 512;
// Items per task: a multiple of both tile sizes.
constexpr std::size_t items_a_task = 128 * item_tile;
static_assert(item_tile % QuantisedItems::tile == 0);

void keep_best(std::vector<ScoredItem>& list, std::size_t k) {
  std::sort(list.begin(), list.end(), better);
  list.resize(std::min(list.size(), k));
}

}  // namespace

/// What one worker reuses from task to task.
struct ItemSearch::Part {
  std::array<float, item_tile> scores;
  std::vector<TopK> best;
  TopK lower_bounds;
  std::vector<ScoredItem> candidates;  // with their upper bounds
  QuantisedItems::Query quantised;
  engine::Matrix<float> vectors;   // of items, if they are copied
  engine::Matrix<float> queries;   // (B, D)
  engine::Matrix<float> products;  // (B, items of the tile)
};

ItemSearch::ItemSearch(ItemVectors items, Prefilter prefilter) : items_(std::move(items)) {
  if (prefilter == Prefilter::quantised) quantised_.emplace(items_);
}

void ItemSearch::scan_vectors(const Query& query, std::size_t k, engine::Range items, Part& part,
                              std::vector<ScoredItem>& list) const {
  const auto& kernel = engine::kernels::best<float>();
  part.best.resize(1);
  TopK& best = part.best.front();
  best.start(k, query.allowed);
  for (std::size_t begin = items.begin; begin < items.end; begin += item_tile) {
    const std::size_t count = std::min(item_tile, items.end - begin);
    kernel.row_dots(items_.rows(begin, count, part.vectors).data, count, items_.width(), query.vector.data(),
                    part.scores.data());
    const auto next = [&](std::size_t from) {
      return kernel.next_above(part.scores.data(), count, from, best.threshold());
    };
    for (std::size_t i = next(0); i < count; i = next(i + 1)) {
      best.offer(static_cast<ItemIndex>(begin + i), part.scores[i]);
    }
  }
  const std::span<const ScoredItem> found = best.finish();
  list.assign(found.begin(), found.end());
}

void ItemSearch::scan_quantised(const Query& query, std::size_t k, engine::Range items, Part& part,
                                std::vector<ScoredItem>& list) const {
  constexpr std::size_t tile = QuantisedItems::tile;
  const auto& kernel = engine::kernels::best<float>();
  quantised_->quantise(query.vector, part.quantised);
  part.candidates.clear();
  // The k-th best lower bound: items below it cannot be among the best.
  TopK& at_least = part.lower_bounds;
  at_least.start(k, query.allowed);
  for (std::size_t begin = items.begin; begin < items.end; begin += tile) {
    const std::size_t count = std::min(tile, items.end - begin);
    const float error = quantised_->score(part.quantised, begin / tile, std::span(part.scores).template first<tile>());
    const auto next = [&](std::size_t from) {
      return kernel.next_above(part.scores.data(), count, from, at_least.threshold() - error);
    };
    for (std::size_t i = next(0); i < count; i = next(i + 1)) {
      const auto item = static_cast<ItemIndex>(begin + i);
      part.candidates.push_back({item, part.scores[i] + error});
      at_least.offer(item, part.scores[i] - error);
    }
  }
  const float needed = at_least.threshold();
  part.best.resize(1);
  TopK& best = part.best.front();
  best.start(k, query.allowed);
  for (const ScoredItem& candidate : part.candidates) {
    if (candidate.score < needed) continue;
    const float* vector = items_.rows(candidate.item, 1, part.vectors).data;
    best.offer(candidate.item, kernel.dot(vector, query.vector.data(), items_.width()));
  }
  const std::span<const ScoredItem> found = best.finish();
  list.assign(found.begin(), found.end());
}

void ItemSearch::scan_products(std::span<const Query> queries, std::size_t k, engine::Range items, Part& part,
                               std::span<std::vector<ScoredItem>> lists) const {
  const auto& kernel = engine::kernels::best<float>();
  part.queries.resize({queries.size(), items_.width()});
  part.best.resize(std::max(part.best.size(), queries.size()));
  for (std::size_t q = 0; q < queries.size(); ++q) {
    std::copy(queries[q].vector.begin(), queries[q].vector.end(), &part.queries(q, 0));
    part.best[q].start(k, queries[q].allowed);
  }
  for (std::size_t begin = items.begin; begin < items.end; begin += item_tile) {
    const std::size_t count = std::min(item_tile, items.end - begin);
    part.products.resize({queries.size(), count});
    engine::gemm<float>(engine::plain<float>(part.queries),
                        engine::transposed<float>(items_.rows(begin, count, part.vectors)), part.products);
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const float* scores = &part.products(q, 0);
      TopK& best = part.best[q];
      const auto next = [&](std::size_t from) { return kernel.next_above(scores, count, from, best.threshold()); };
      for (std::size_t i = next(0); i < count; i = next(i + 1))
        best.offer(static_cast<ItemIndex>(begin + i), scores[i]);
    }
  }
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const std::span<const ScoredItem> found = part.best[q].finish();
    lists[q].assign(found.begin(), found.end());
  }
}

void ItemSearch::search_part(std::span<const Query> queries, std::size_t k, engine::Range items, Part& part,
                             std::span<std::vector<ScoredItem>> lists) const {
  if (queries.size() >= enough_for_products) return scan_products(queries, k, items, part, lists);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    if (quantised_) {
      scan_quantised(queries[q], k, items, part, lists[q]);
    } else {
      scan_vectors(queries[q], k, items, part, lists[q]);
    }
  }
}

void ItemSearch::search(engine::ThreadPool& pool, std::span<const Query> queries, std::size_t k,
                        std::vector<std::vector<ScoredItem>>& lists) const {
  for (const Query& query : queries) {
    engine::require_size(query.vector.size(), items_.width(), "item search", "the query's width",
                         "it must be the items'");
  }
  const std::size_t blocks = (queries.size() + query_block - 1) / query_block;
  const std::size_t parts = std::max<std::size_t>(1, (items_.size() + items_a_task - 1) / items_a_task);
  std::vector<Part> scratch(pool.size());
  std::vector<std::vector<ScoredItem>> found(parts * queries.size());
  pool.run(blocks * parts, [&](std::size_t task, std::size_t worker) {
    const std::size_t part = task % parts;
    const std::size_t first = task / parts * query_block;
    const std::size_t count = std::min(query_block, queries.size() - first);
    const engine::Range items{part * items_a_task, std::min(items_.size(), (part + 1) * items_a_task)};
    search_part(queries.subspan(first, count), k, items, scratch[worker],
                std::span(found).subspan(part * queries.size() + first, count));
  });
  lists.resize(queries.size());
  for (std::size_t q = 0; q < queries.size(); ++q) {
    lists[q].clear();
    for (std::size_t part = 0; part < parts; ++part) {
      const std::vector<ScoredItem>& more = found[part * queries.size() + q];
      lists[q].insert(lists[q].end(), more.begin(), more.end());
    }
    keep_best(lists[q], k);
  }
}

}  // namespace infodiet::recsys
