#include "recsys/attention/blended_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/errors.hpp"
#include "engine/shape.hpp"

namespace infodiet::recsys {

BlendedModel::BlendedModel(std::shared_ptr<const AttentionModel> attention, std::shared_ptr<const ItemKnn> neighbours,
                           double weight)
    : attention_(std::move(attention)), neighbours_(std::move(neighbours)), weight_(weight) {
  if (!(weight >= 0 && weight < 1)) {
    throw Error(fmt::format("blended model: a neighbour weight of {}, expected at least 0 and under 1", weight));
  }
  if (weight == 0) return;
  engine::require_size(neighbours_->catalogue_size(), attention_->catalogue_size(), "blended model",
                       "the neighbours' catalogue", "were they counted from other data?");
}

void BlendedModel::score(std::span<const History> histories, engine::MatrixSpan<float> scores) const {
  attention_->score(histories, scores);
  if (weight_ == 0) return;
  // Too small for softmax to matter, large enough for a float.
  constexpr double least = 1e-30;
  std::vector<float> near(scores.cols);
  for (std::size_t b = 0; b < histories.size(); ++b) {
    neighbours_->score(histories.subspan(b, 1), {near.data(), 1, near.size()});
    const std::span<float> row(scores.row(b), scores.cols);
    const double highest = static_cast<double>(*std::max_element(row.begin(), row.end()));
    double sum = 0;
    for (float& score : row) {
      score = static_cast<float>(std::exp(static_cast<double>(score) - highest));
      sum += static_cast<double>(score);
    }
    const double attention_share = (1 - weight_) / sum;
    const double neighbour_share = weight_ / std::max(least, std::accumulate(near.begin(), near.end(), 0.0));
    for (std::size_t v = 0; v < row.size(); ++v) {
      const double share =
          attention_share * static_cast<double>(row[v]) + neighbour_share * static_cast<double>(near[v]);
      row[v] = static_cast<float>(std::log(std::max(least, share)));
    }
  }
}

void BlendedModel::recommend(engine::ThreadPool& pool, std::span<const ListQuery> queries, std::size_t k,
                             std::vector<std::vector<ScoredItem>>& lists) const {
  // A mixture needs the sum over the row; attention alone does not.
  if (weight_ == 0) return attention_->recommend(pool, queries, k, lists);
  Recommender::recommend(pool, queries, k, lists);
}

}  // namespace infodiet::recsys
