#include "recsys/attention/member_average.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/errors.hpp"
#include "engine/shape.hpp"
#include "recsys/attention/blend.hpp"

namespace infodiet::recsys {

MemberAverage::MemberAverage(std::vector<std::shared_ptr<const AttentionModel>> members)
    : members_(std::move(members)) {
  if (members_.empty()) throw Error("average of members: there are none");
  for (const auto& member : members_) {
    engine::require_size(member->catalogue_size(), catalogue_size(), "average of members", "a member's catalogue",
                         "was it trained on other data?");
  }
}

void MemberAverage::score(std::span<const History> histories, engine::MatrixSpan<float> scores) const {
  engine::require_shape(scores, {histories.size(), catalogue_size()}, "average of members", "the scores",
                        "one row for each history, one column for each item");
  engine::Matrix<float> own;
  own.resize({histories.size(), catalogue_size()});
  std::vector<double> numerators;
  for (std::size_t b = 0; b < scores.rows; ++b) std::fill_n(scores.row(b), scores.cols, 0.0F);
  for (const auto& member : members_) {
    member->score(histories, engine::MatrixSpan<float>(own));
    for (std::size_t b = 0; b < scores.rows; ++b) {
      const double sum = numerators_of({&own(b, 0), scores.cols}, 1, numerators);
      const double factor = 1 / (sum * static_cast<double>(members_.size()));
      float* const shares = scores.row(b);
      for (std::size_t v = 0; v < scores.cols; ++v) shares[v] += static_cast<float>(factor * numerators[v]);
    }
  }
  for (std::size_t b = 0; b < scores.rows; ++b) {
    float* const row = scores.row(b);
    for (std::size_t v = 0; v < scores.cols; ++v) row[v] = std::log(std::max(static_cast<float>(share_floor), row[v]));
  }
}

std::shared_ptr<const Recommender> together(std::vector<std::shared_ptr<const AttentionModel>> members) {
  if (members.size() == 1) return members.front();
  return std::make_shared<const MemberAverage>(std::move(members));
}

}  // namespace infodiet::recsys
