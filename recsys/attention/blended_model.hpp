// What `train` publishes: the attention model blended with item neighbours. Attention generalises; neighbours remember
// what followed what, and need few interactions an item for that.
#pragma once

#include <memory>

#include "recsys/attention/model.hpp"
#include "recsys/baselines/item_knn.hpp"

namespace infodiet::recsys {

/// score(v) = log((1 - w) softmax(attention scores)[v] + w neighbour score(v) / sum of neighbour scores): a mixture of
/// two distributions over the catalogue, as language models are interpolated with neighbours (Khandelwal et al., ICLR
/// 2020). With a weight w of 0, the attention scores unchanged.
class BlendedModel final : public Recommender {
 public:
  /// `neighbours` may be null where `weight` is 0. Throws ShapeError if their catalogues differ, Error for a weight
  /// that is not in [0, 1).
  BlendedModel(std::shared_ptr<const AttentionModel> attention, std::shared_ptr<const ItemKnn> neighbours,
               double weight);

  std::string name() const override { return attention_->name(); }
  std::size_t catalogue_size() const override { return attention_->catalogue_size(); }
  void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const override;
  void recommend(engine::ThreadPool& pool, std::span<const ListQuery> queries, std::size_t k,
                 std::vector<std::vector<ScoredItem>>& lists) const override;

  /// The two parts of the blend.
  const AttentionModel& attention() const { return *attention_; }
  const ItemKnn* neighbours() const { return neighbours_.get(); }
  double neighbour_weight() const { return weight_; }

 private:
  std::shared_ptr<const AttentionModel> attention_;
  std::shared_ptr<const ItemKnn> neighbours_;
  double weight_;
};

}  // namespace infodiet::recsys
