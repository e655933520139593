#include "recsys/attention/cold_items.hpp"

#include <algorithm>
#include <map>

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

// The vectors of cold items.
class TopicMeans {
 public:
  TopicMeans(const ColdItems& items, const ItemVectors& vectors) : width_(vectors.width()) {
    engine::require_size(items.cold.size(), vectors.size(), "cold items", "the number of marks", "one for each item");
    engine::require_size(items.topics.items(), vectors.size(), "cold items", "the number of items with topics",
                         "number the topics of the whole catalogue");
    of_topic_.resize(items.topics.names.size());
    engine::Matrix<float> scratch;
    for (std::size_t item = 0; item < vectors.size(); ++item) {
      if (items.cold[item]) continue;
      const float* row = vectors.rows(item, 1, scratch).data;
      of_all_.add(row, width_);
      for (const std::uint32_t topic : items.topics.of(item)) of_topic_[topic].add(row, width_);
    }
  }

  void write(std::span<const std::uint32_t> topics, float* row) const {
    std::vector<const Mean*> means;
    for (const std::uint32_t topic : topics) {
      if (of_topic_[topic].count > 0) means.push_back(&of_topic_[topic]);
    }
    if (means.empty() && of_all_.count > 0) means.push_back(&of_all_);
    for (std::size_t d = 0; d < width_; ++d) {
      double sum = 0;
      for (const Mean* mean : means) sum += mean->sum[d] / mean->count;
      row[d] = static_cast<float>(sum / static_cast<double>(std::max<std::size_t>(1, means.size())));
    }
  }

 private:
  std::size_t width_;
  std::vector<Mean> of_topic_;
  Mean of_all_;
};

}  // namespace

void fill_cold_rows(const ColdItems& items, engine::Matrix<float>& vectors) {
  const TopicMeans means(items, ItemVectors(vectors));
  for (std::size_t item = 0; item < items.cold.size(); ++item) {
    if (items.cold[item]) means.write(items.topics.of(item), &vectors(item, 0));
  }
}

ItemVectors::Substitutes cold_rows(const ColdItems& items, const ItemVectors& vectors) {
  const TopicMeans means(items, vectors);
  ItemVectors::Substitutes substitutes;
  std::map<std::vector<std::uint32_t>, std::uint32_t> row_of;
  for (std::size_t item = 0; item < items.cold.size(); ++item) {
    if (!items.cold[item]) continue;
    const std::span<const std::uint32_t> topics = items.topics.of(item);
    const auto next = static_cast<std::uint32_t>(row_of.size());
    const auto row = row_of.try_emplace({topics.begin(), topics.end()}, next).first;
    substitutes.items.push_back(static_cast<ItemIndex>(item));
    substitutes.rows.push_back(row->second);
  }
  substitutes.vectors.resize({row_of.size(), vectors.width()});
  for (const auto& [topics, row] : row_of) means.write(topics, &substitutes.vectors(row, 0));
  return substitutes;
}

}  // namespace infodiet::recsys
