#include "recsys/attention/blend_parts.hpp"

#include <fmt/format.h>

#include "recsys/baselines/ease.hpp"
#include "recsys/baselines/item_knn.hpp"
#include "recsys/baselines/markov.hpp"
#include "recsys/baselines/recent_popularity.hpp"

namespace infodiet::recsys {

namespace {

std::shared_ptr<const Recommender> make_ease(const Dataset& data, const TrainingConfig& training) {
  EaseOptions options = choose_ease_options(data);
  options.megabytes = training.linear_megabytes;
  return std::make_shared<const Ease>(data, options);
}

std::shared_ptr<const Recommender> make_neighbours(const Dataset& data, const TrainingConfig& training,
                                                   const SparseRows& attributes) {
  if (training.attributes == Attributes::none) return std::make_shared<const ItemKnn>(data);
  return std::make_shared<const ItemKnn>(data, choose_item_knn_options(data, attributes), &attributes);
}

}  // namespace

BlendParts make_blend_parts(const Dataset& data, const TrainingConfig& training, const SparseRows& attributes) {
  BlendParts parts;
  if (training.neighbours == Part::chosen) parts.models.push_back(make_neighbours(data, training, attributes));
  if (training.linear == Part::chosen) {
    if (Ease::fits(data)) {
      parts.models.push_back(make_ease(data, training));
    } else {
      constexpr double gib = 1024.0 * 1024 * 1024;
      parts.without = fmt::format(
          "no linear memory (ease): for so many items it needs a square of {:.1f} GiB on the way, and {:.1f} are "
          "allowed",
          Ease::square_bytes(data) / gib, Ease::largest_square / gib);
    }
  }
  if (training.markov == Part::chosen) parts.models.push_back(std::make_shared<const Markov>(data));
  if (training.recent == Part::chosen) parts.models.push_back(std::make_shared<const RecentPopularity>(data));
  return parts;
}

}  // namespace infodiet::recsys
