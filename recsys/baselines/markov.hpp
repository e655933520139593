// First-order Markov chain: what followed the last item elsewhere. Deliberately uses only the last item of the history.
#pragma once

#include <vector>

#include "recsys/baselines/baseline.hpp"
#include "recsys/data/sparse_rows.hpp"

namespace infodiet::recsys {

/// Options of Markov.
struct MarkovOptions {
  /// Pseudo-transitions out of every item, spread by popularity.
  double smoothing = 1.0;
};

/// P(j | i) = (n_ij + a share_j) / (n_i + a): n_ij counts i directly followed by j in a training history, share_j is
/// the item's share of all interactions and a the smoothing (a Dirichlet prior: MacKay & Peto, 1995). After an item
/// that never had a successor, and after an empty history, the prior alone remains. Sparse: memory grows with the
/// distinct transitions, never with V squared.
class Markov final : public Baseline {
 public:
  /// Counts from `training`. Throws Error unless smoothing is positive.
  explicit Markov(const Dataset& training, const MarkovOptions& options = {});

  /// The counts, to store and to restore the model from.
  struct Counted {
    std::vector<float> shares;  ///< (V) of all interactions
    SparseRows transitions;     ///< (V, V) n_ij
  };
  /// Throws ShapeError if there are not as many rows as items.
  explicit Markov(Counted counted, const MarkovOptions& options = {});
  const Counted& counted() const { return counted_; }

  std::string name() const override { return "markov"; }

 private:
  void score_one(const History& history, std::span<float> scores) const override;

  double smoothing_;
  Counted counted_;
};

}  // namespace infodiet::recsys
