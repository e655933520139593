// What `train` publishes: the attention model blended with memories that are counted or solved for. Attention
// generalises; they remember what followed what, what goes with what and what is popular now.
#pragma once

#include <memory>

#include "recsys/attention/blend.hpp"
#include "recsys/attention/model.hpp"

namespace infodiet::recsys {

/// Replaces attention's scores (B, V) of histories by those of its mixture with the blend's parts, of which there must
/// be some.
void mix_scores(const Blend& blend, std::span<const History> histories, engine::MatrixSpan<float> scores);

/// score(v) = log(sum over models m of w_m p_m(v)): a mixture of distributions over the catalogue, as language models
/// are interpolated with neighbours (Khandelwal et al., ICLR 2020). The attention model's p is the softmax of its
/// scores; the weights are those of the blend at the length of the history. Without parts, the attention scores
/// unchanged.
class BlendedModel final : public Recommender {
 public:
  /// Throws ShapeError if catalogues differ, Error for weights that are no distribution or not one for each model.
  BlendedModel(std::shared_ptr<const AttentionModel> attention, Blend blend);

  std::string name() const override { return attention_->name(); }
  std::size_t catalogue_size() const override { return attention_->catalogue_size(); }
  void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const override;
  void recommend(engine::ThreadPool& pool, std::span<const ListQuery> queries, std::size_t k,
                 std::vector<std::vector<ScoredItem>>& lists) const override;

  /// What it is made of.
  const AttentionModel& attention() const { return *attention_; }
  const Blend& blend() const { return blend_; }
  /// Whether scores are the logarithms of a mixture.
  bool mixes() const { return !blend_.parts.empty(); }
  /// The part of that name, or null.
  std::shared_ptr<const Recommender> part(std::string_view name) const;

 private:
  std::shared_ptr<const AttentionModel> attention_;
  Blend blend_;
};

}  // namespace infodiet::recsys
