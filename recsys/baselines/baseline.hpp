// The base of counting baselines: they score one history at a time. Models that score blocks of histories in one matrix
// product implement Recommender directly.
#pragma once

#include "recsys/ranking/recommender.hpp"

namespace infodiet::recsys {

/// A recommender that fills one row of scores at a time.
class Baseline : public Recommender {
 public:
  std::size_t catalogue_size() const final { return catalogue_size_; }
  /// Throws ShapeError also if a history holds an item that is not in the catalogue.
  void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const final;

 protected:
  explicit Baseline(std::size_t catalogue_size) : catalogue_size_(catalogue_size) {}

 private:
  /// Fills all of `scores` (V) with finite values.
  virtual void score_one(const History& history, std::span<float> scores) const = 0;

  std::size_t catalogue_size_;
};

}  // namespace infodiet::recsys
