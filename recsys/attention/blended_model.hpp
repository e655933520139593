// What `train` publishes: the attention model blended with memories that are counted or solved for. Attention
// generalises; they remember what followed what, what goes with what and what is popular now.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "recsys/attention/blend.hpp"
#include "recsys/attention/member_average.hpp"

namespace infodiet::recsys {

/// Replaces attention's scores (B, V) of histories by those of its mixture with the blend's parts, of which there must
/// be some.
void mix_scores(const Blend& blend, std::span<const History> histories, engine::MatrixSpan<float> scores);

/// score(v) = log(sum over models m of w_m p_m(v)): a mixture of distributions over the catalogue, as language models
/// are interpolated with neighbours (Khandelwal et al., ICLR 2020). The attention model's p is the softmax of its
/// scores, of several members of the logarithm of their mean, over a temperature that calibrates it (Guo et al., ICML
/// 2017); the weights are those of the blend at the length of the history.
/// Without parts, the attention scores unchanged.
class BlendedModel final : public Recommender {
 public:
  /// Throws ShapeError if catalogues differ, Error for weights that are no distribution or not one for each model.
  BlendedModel(std::shared_ptr<const AttentionModel> attention, Blend blend);
  /// The same with several members, at least one.
  BlendedModel(std::vector<std::shared_ptr<const AttentionModel>> members, Blend blend);

  std::string name() const override { return attention_->name(); }
  std::size_t catalogue_size() const override { return attention_->catalogue_size(); }
  void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const override;
  void recommend(engine::ThreadPool& pool, std::span<const ListQuery> queries, std::size_t k,
                 std::vector<std::vector<ScoredItem>>& lists) const override;

  /// The first member; all have the same configuration and know the same items.
  const AttentionModel& attention() const { return *members_.front(); }
  std::span<const std::shared_ptr<const AttentionModel>> members() const { return members_; }
  const Blend& blend() const { return blend_; }
  /// Whether scores are the logarithms of a mixture.
  bool mixes() const { return blends() || members_.size() > 1; }
  /// AttentionModel::attention_of_last, averaged over the members.
  std::vector<double> attention_of_last(const History& history) const;
  /// The part of that name, or null.
  std::shared_ptr<const Recommender> part(std::string_view name) const;

 private:
  bool blends() const { return !blend_.parts.empty(); }

  std::vector<std::shared_ptr<const AttentionModel>> members_;
  std::shared_ptr<const Recommender> attention_;  // the members together
  Blend blend_;
};

}  // namespace infodiet::recsys
