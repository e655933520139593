// Exact search for the highest dot products in a large catalogue, tile by tile, without a matrix of all scores. Not
// approximate search.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/parallel.hpp"
#include "recsys/ranking/item_vectors.hpp"
#include "recsys/ranking/quantised_items.hpp"
#include "recsys/ranking/top_k.hpp"

namespace infodiet::recsys {

/// A first pass that narrows a search before item vectors are read.
enum class Prefilter {
  none,       ///< all item vectors are scanned
  quantised,  ///< 8-bit integers first, then the vectors of items whose bound is high enough; pays for few queries
};

/// Both kinds of Prefilter give the same list for a single query. Immutable and thread-safe.
class ItemSearch {
 public:
  /// The table of `items` (V, D) must outlive the search; every number finite.
  explicit ItemSearch(ItemVectors items, Prefilter prefilter = Prefilter::none);

  const ItemVectors& items() const { return items_; }

  /// One search.
  struct Query {
    std::span<const float> vector;  ///< (D)
    Allowed allowed{};
  };

  /// lists[i]: the k items with the highest dot products with queries[i], best first, equal ones by lower index. The
  /// same bits for any number of threads; a query's scores may differ in the last bit between a search alone and one
  /// with others. Throws ShapeError if a vector has another width.
  void search(engine::ThreadPool& pool, std::span<const Query> queries, std::size_t k,
              std::vector<std::vector<ScoredItem>>& lists) const;

 private:
  struct Part;
  void search_part(std::span<const Query> queries, std::size_t k, engine::Range items, Part& part,
                   std::span<std::vector<ScoredItem>> lists) const;
  void scan_vectors(const Query& query, std::size_t k, engine::Range items, Part& part,
                    std::vector<ScoredItem>& list) const;
  void scan_quantised(const Query& query, std::size_t k, engine::Range items, Part& part,
                      std::vector<ScoredItem>& list) const;
  void scan_products(std::span<const Query> queries, std::size_t k, engine::Range items, Part& part,
                     std::span<std::vector<ScoredItem>> lists) const;

  ItemVectors items_;
  std::optional<QuantisedItems> quantised_;
};

}  // namespace infodiet::recsys
