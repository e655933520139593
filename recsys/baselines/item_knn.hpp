// Item-to-item neighbours: what people consumed near what this person consumed lately. Counts and weights, nothing
// learned.
#pragma once

#include <vector>

#include "recsys/baselines/baseline.hpp"
#include "recsys/data/sparse_rows.hpp"

namespace infodiet::recsys {

/// One set of defaults for all data, chosen on the validation items of MovieLens (small and 1M) and Amazon Beauty; of
/// settings that do not differ there, the cheapest.
struct ItemKnnOptions {
  std::size_t neighbours = 200;    ///< kept for each item, the most similar ones
  std::size_t window = 20;         ///< largest distance in a history at which two items count as near
  double distance_scale = 3.0;     ///< items d apart count scale / (scale + d - 1)
  double backward = 0.25;          ///< weight of a neighbour before the item, relative to one after it
  double source_exponent = 0.5;    ///< how much an item's own frequency dampens its neighbours' similarity
  double target_exponent = 0.2;    ///< how much a neighbour's frequency dampens its similarity
  double recency_half_life = 2.0;  ///< interactions after which an item of the history counts half
  double attribute_boost = 0;      ///< b below, if there are attributes
  double attribute_reach = 0;      ///< c below
};

/// Session-weighted item k-NN. With g(d) the weight of two items d apart in a training history,
///   similarity(i -> j) = sum of g over all pairs of an i and a j / (n_i^source_exponent n_j^target_exponent), j != i
/// and with attributes, cos(i, j) the cosine of theirs and share(j) the item's share of all interactions,
///   similarity(i -> j) <- similarity(i -> j) (1 + b cos(i, j)) + c cos(i, j) sqrt(share(j))
///   score(j) = sum over the history's n-th newest item i of 2^(-n / recency_half_life) similarity(i -> j)
/// a cosine dampened for frequency (Deshpande & Karypis, TOIS 2004) with the order, distance and recency weights of
/// session-based neighbours (sequential rules: Ludewig & Jannach, UMUAI 2018; STAN: Garg et al., SIGIR 2019). A
/// millionth of each item's share of all interactions is added, so that items without a near neighbour are ordered by
/// popularity. Memory: V x neighbours at most.
class ItemKnn final : public Baseline {
 public:
  /// Counts from `training`. `attributes` (V, A), rows of length 1 or 0, may be null. Throws Error for options out of
  /// range, ShapeError if there are not as many rows as items.
  explicit ItemKnn(const Dataset& training, const ItemKnnOptions& options = {}, const SparseRows* attributes = nullptr);

  /// The counts, to store and to restore the model from.
  struct Counted {
    std::vector<float> background;  ///< (V) what every item scores at least
    SparseRows similar;             ///< (V, V) the most similar first
  };
  /// Throws ShapeError if there are not as many rows as items.
  explicit ItemKnn(Counted counted, const ItemKnnOptions& options = {});
  const Counted& counted() const { return counted_; }

  std::string name() const override { return "item_knn"; }

 private:
  void score_one(const History& history, std::span<float> scores) const override;

  double recency_decay_;
  Counted counted_;
};

/// The options with the strength of attributes, b = c of 0, .5, 1, 2 and 3, that has the best NDCG@10 on last items
/// (last_items.hpp). Deterministic in the data.
ItemKnnOptions choose_item_knn_options(const Dataset& training, const SparseRows& attributes);

}  // namespace infodiet::recsys
