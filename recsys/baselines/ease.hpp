// A linear memory: how much each item predicts each other one, in closed form. Ignores the order of training histories.
#pragma once

#include <vector>

#include "recsys/baselines/baseline.hpp"
#include "recsys/data/sparse_rows.hpp"

namespace infodiet::recsys {

struct EaseOptions {
  double l2 = 300;
  double half_life = 4;         ///< interactions after which an item of the history counts half; 0: all count the same
  std::size_t megabytes = 256;  ///< that what is kept of B may take in a model's file
};

/// EASE (Steck, WWW 2019). With X (users, V) 1 where somebody consumed an item and 0 elsewhere,
///   P = (X'X + l2 I)^-1,  B = -P / diag(P) by columns, its diagonal 0
///   score(j) = sum over the latest 200 items i of the history of 2^(-n / half_life) B(i, j), i the n-th newest from 0
/// A millionth of each item's share of all interactions is added, so that items without evidence are ordered by
/// popularity. Solving needs the square of the items that anybody consumed in memory, so it is only for catalogues that
/// `fits` allows. Of B the largest numbers are kept: those of at least .002, as many as fit.
class Ease final : public Baseline {
 public:
  /// Bytes of the square at most: 16,384 items.
  static constexpr double largest_square = 2.0 * 1024 * 1024 * 1024;
  /// Bytes of the square of the items that anybody consumed.
  static double square_bytes(const Dataset& training);
  static bool fits(const Dataset& training) { return square_bytes(training) <= largest_square; }

  /// Throws Error if the data does not fit, or for options that make no sense.
  Ease(const Dataset& training, const EaseOptions& options);

  /// The solution, to store and to restore the model from.
  struct Solved {
    std::vector<float> background;  ///< (V) added to every score
    SparseRows weights;             ///< (V, V) what is kept of B, columns ascending
  };
  /// Throws ShapeError if there are not as many rows as items, Error for options that make no sense.
  Ease(Solved solved, const EaseOptions& options);
  const Solved& solved() const { return solved_; }
  const EaseOptions& options() const { return options_; }

  std::string name() const override { return "ease"; }

 private:
  void score_one(const History& history, std::span<float> scores) const override;

  EaseOptions options_;
  Solved solved_;
};

/// The l2 of 30, 100, ..., 3000 and then the half-life of 0, 16, 8, 4, 2 with the best NDCG@10 on the last item of up
/// to 2,000 of the histories, solved from the rest. Uses the 2,048 most consumed items, which takes seconds: the best
/// values hardly depend on the others. Deterministic in the data.
EaseOptions choose_ease_options(const Dataset& training);

}  // namespace infodiet::recsys
