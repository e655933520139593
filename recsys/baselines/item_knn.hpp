// Item-to-item neighbours: what people consumed near what this person consumed lately. Counts and weights, nothing
// learnt.
#pragma once

#include <vector>

#include "recsys/baselines/baseline.hpp"
#include "recsys/baselines/sparse_rows.hpp"

namespace infodiet::recsys {

/// The defaults are one setting for all data: chosen on the validation items of MovieLens (small and 1M) and Amazon
/// Beauty, and among settings that do not differ there the cheapest.
struct ItemKnnOptions {
  std::size_t neighbours = 200;    ///< kept for each item, the most similar ones
  std::size_t window = 20;         ///< how far apart in a history two items may be to count as near
  double distance_scale = 3.0;     ///< items d apart count scale / (scale + d - 1)
  double backward = 0.25;          ///< what a neighbour that came before counts, relative to one that came after
  double source_exponent = 0.5;    ///< how much an item's own frequency dampens its neighbours' similarity
  double target_exponent = 0.2;    ///< how much a neighbour's frequency dampens its similarity
  double recency_half_life = 2.0;  ///< an item of the history counts half for every so many consumed after it
};

/// Session-weighted item k-NN. With g(d) the weight of two items d apart in a training history,
///   similarity(i -> j) = sum of g over all pairs of an i and a j / (n_i^source_exponent n_j^target_exponent), j != i
///   score(j) = sum over the history's n-th newest item i of 2^(-n / recency_half_life) similarity(i -> j)
/// a cosine dampened for frequency (Deshpande & Karypis, TOIS 2004) with the order, distance and recency weights of
/// session-based neighbours (sequential rules: Ludewig & Jannach, UMUAI 2018; STAN: Garg et al., SIGIR 2019). A
/// millionth of each item's share of all interactions is added, so that what has no near neighbour is ordered by
/// popularity. Memory: V x neighbours at most.
class ItemKnn final : public Baseline {
 public:
  explicit ItemKnn(const Dataset& training, const ItemKnnOptions& options = {});

  /// What was counted, to be stored and made into the same again.
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

}  // namespace infodiet::recsys
