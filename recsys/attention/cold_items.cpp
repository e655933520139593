#include "recsys/attention/cold_items.hpp"

#include <algorithm>

#include "engine/shape.hpp"

namespace infodiet::recsys {

namespace {

// A mean of rows, in double.
struct Mean {
  std::vector<double> sum;
  double count = 0;

  void add(const float* row, std::size_t width) {
    sum.resize(width, 0.0);
    for (std::size_t d = 0; d < width; ++d) sum[d] += static_cast<double>(row[d]);
    ++count;
  }
};

}  // namespace

void fill_cold_rows(const ColdItems& items, engine::Matrix<float>& vectors) {
  const std::size_t catalogue = vectors.shape(0);
  const std::size_t width = vectors.shape(1);
  engine::require_size(items.cold.size(), catalogue, "cold items", "the number of marks", "one for each item");
  engine::require_size(items.topics.items(), catalogue, "cold items", "the number of items with topics",
                       "number the topics of the whole catalogue");
  std::vector<Mean> of_topic(items.topics.names.size());
  Mean of_all;
  for (std::size_t item = 0; item < catalogue; ++item) {
    if (items.cold[item]) continue;
    const float* row = vectors.data() + item * width;
    of_all.add(row, width);
    for (const std::uint32_t topic : items.topics.of(item)) of_topic[topic].add(row, width);
  }
  for (std::size_t item = 0; item < catalogue; ++item) {
    if (!items.cold[item]) continue;
    std::vector<const Mean*> means;
    for (const std::uint32_t topic : items.topics.of(item)) {
      if (of_topic[topic].count > 0) means.push_back(&of_topic[topic]);
    }
    if (means.empty() && of_all.count > 0) means.push_back(&of_all);
    float* row = vectors.data() + item * width;
    for (std::size_t d = 0; d < width; ++d) {
      double sum = 0;
      for (const Mean* mean : means) sum += mean->sum[d] / mean->count;
      row[d] = static_cast<float>(sum / static_cast<double>(std::max<std::size_t>(1, means.size())));
    }
  }
}

}  // namespace infodiet::recsys
