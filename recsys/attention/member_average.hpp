// Several attention models, trained alike with different seeds, as one: the mean of the distributions of their scores.
#pragma once

#include <memory>
#include <vector>

#include "recsys/attention/model.hpp"

namespace infodiet::recsys {

/// score(v) = log(mean over members m of softmax(score_m)(v)), whose softmax is that mean.
class MemberAverage final : public Recommender {
 public:
  /// Throws Error without members, ShapeError if their catalogues differ.
  explicit MemberAverage(std::vector<std::shared_ptr<const AttentionModel>> members);

  std::string name() const override { return members_.front()->name(); }
  std::size_t catalogue_size() const override { return members_.front()->catalogue_size(); }
  void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const override;

 private:
  std::vector<std::shared_ptr<const AttentionModel>> members_;
};

/// How members score together: one alone as it is, several by their average. Throws as MemberAverage.
std::shared_ptr<const Recommender> together(std::vector<std::shared_ptr<const AttentionModel>> members);

}  // namespace infodiet::recsys
