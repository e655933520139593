// The sample world in memory, as diets and simulations see it.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "rl/environments/data_world.hpp"
#include "rl/sample/sample_world.hpp"

namespace infodiet::test {

inline rl::DataWorld sample_data() {
  const rl::SampleWorld sample = rl::make_sample_world({});
  recsys::Dataset data;
  std::vector<recsys::Item> items;
  for (const rl::SampleArticle& article : sample.articles) {
    data.item_ids.push_back(static_cast<std::int64_t>(items.size()) + 1);
    items.push_back({.key = article.key,
                     .topics = article.topics,
                     .quality = article.quality,
                     .clickbait = article.clickbait,
                     .minutes = article.minutes});
  }
  std::uint32_t reader = 0;
  for (const rl::SampleReading& reading : sample.readings) {
    for (; reader < reading.reader; ++reader) data.offsets.push_back(data.items.size());
    data.items.push_back(reading.article);
    data.times.push_back(reading.time);
  }
  data.offsets.push_back(data.items.size());
  for (std::size_t user = 0; user < sample.readers.size(); ++user) {
    data.user_ids.push_back(static_cast<std::int64_t>(user) + 1);
  }
  const recsys::RatingTotals no_ratings{.sum = std::vector<double>(items.size()),
                                        .count = std::vector<std::size_t>(items.size())};
  return rl::make_data_world(std::make_shared<const recsys::Dataset>(std::move(data)), recsys::ItemTable(items),
                             no_ratings);
}

}  // namespace infodiet::test
