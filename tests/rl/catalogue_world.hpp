// A small made-up data set with a recommender, for tests of the catalogue environment.
#pragma once

#include <vector>

#include "recsys/ranking/recommender.hpp"
#include "rl/catalogue.hpp"
#include "rl/environments/catalogue.hpp"

namespace infodiet::test {

/// Scores items by the topic of the person's last item, then by number.
class LastTopic final : public recsys::Recommender {
 public:
  explicit LastTopic(std::size_t items) : items_(items) {}
  std::string name() const override { return "last-topic"; }
  std::size_t catalogue_size() const override { return items_; }
  void score(std::span<const recsys::History> histories, engine::MatrixSpan<float> scores) const override {
    for (std::size_t b = 0; b < histories.size(); ++b) {
      const std::size_t topic = histories[b].size() == 0 ? 0 : histories[b].items.back() % 4;
      for (std::size_t i = 0; i < items_; ++i) {
        scores.row(b)[i] = (i % 4 == topic ? 0.03F : 0.0F) - 0.001F * static_cast<float>(i);
      }
    }
  }

 private:
  std::size_t items_;
};

inline constexpr std::size_t world_items = 120;

/// Item i is of topic i % 4 (every fifth also of topic 0), quality falling and clickbait rising with i; a tenth have no
/// quality, and minutes are unknown where i is a multiple of 7.
inline rl::Catalogue world_catalogue() {
  std::vector<rl::ItemAttributes> items(world_items);
  for (std::size_t i = 0; i < world_items; ++i) {
    items[i].topics.push_back(static_cast<rl::Topic>(i % 4));
    if (i % 5 == 0 && i % 4 != 0) items[i].topics.push_back(0);
    const double bait = static_cast<double>(i) / (world_items - 1);
    if (i % 10 != 0) items[i].quality = 1 - 2 * bait;
    items[i].clickbait = bait;
    if (i % 7 != 0) items[i].minutes = 1 + static_cast<double>(i % 9);
    items[i].popularity = 1.0 / static_cast<double>(i + 2);
  }
  return {items, 4};
}

/// Twelve users with six items each; user u prefers topic u % 4.
inline recsys::Dataset world_data() {
  recsys::Dataset data;
  for (std::size_t i = 0; i < world_items; ++i) data.item_ids.push_back(static_cast<std::int64_t>(i + 1));
  for (std::size_t u = 0; u < 12; ++u) {
    data.user_ids.push_back(static_cast<std::int64_t>(u + 1));
    for (std::size_t k = 0; k < 6; ++k) {
      const std::size_t topic = k < 4 ? u % 4 : (u + k) % 4;
      data.items.push_back(static_cast<recsys::ItemIndex>(4 * (u + 7 * k) % world_items + topic));
    }
    data.offsets.push_back(data.items.size());
  }
  return data;
}

inline rl::CatalogueEnvironment world_environment(const rl::Catalogue& catalogue, const rl::RewardWeights& reward,
                                                  const rl::CatalogueOptions& options) {
  return {
      catalogue,
      rl::people_of(world_data(), catalogue, LastTopic(world_items), rl::CatalogueEnvironment::offers_needed(options)),
      reward, options};
}

}  // namespace infodiet::test
