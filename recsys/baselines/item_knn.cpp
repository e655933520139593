#include "recsys/baselines/item_knn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "engine/errors.hpp"
#include "engine/shape.hpp"
#include "recsys/baselines/last_items.hpp"
#include "recsys/baselines/popularity.hpp"

namespace infodiet::recsys {

namespace {

constexpr double least_source_weight = 0x1.0p-20;  ///< items of the history with a lower weight are left out

void check(const ItemKnnOptions& options) {
  const auto positive = [](double value) { return value > 0.0 && std::isfinite(value); };
  const auto not_negative = [](double value) { return value >= 0.0 && std::isfinite(value); };
  if (options.neighbours == 0 || options.window == 0 || !positive(options.distance_scale) ||
      !positive(options.recency_half_life) || !not_negative(options.backward) ||
      !not_negative(options.source_exponent) || !not_negative(options.target_exponent) ||
      !not_negative(options.attribute_boost) || !not_negative(options.attribute_reach)) {
    throw Error(
        "item_knn: neighbours, window, distance_scale and recency_half_life must be positive; backward, both "
        "exponents, attribute_boost and attribute_reach must not be negative");
  }
}

/// The positions of each item in the histories, so that one row of similarities is counted at a time.
class Occurrences {
 public:
  Occurrences(const Dataset& data, std::span<const std::uint32_t> counts) : begins_(counts.size() + 1, 0) {
    for (std::size_t item = 0; item < counts.size(); ++item) begins_[item + 1] = begins_[item] + counts[item];
    occurrences_.resize(data.items.size());
    std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
    for (std::size_t user = 0; user < data.users(); ++user) {
      for (std::size_t p = data.offsets[user]; p < data.offsets[user + 1]; ++p) {
        occurrences_[next[data.items[p]]++] = {user, p};
      }
    }
  }

  struct Occurrence {
    std::size_t user;
    std::size_t position;  ///< in Dataset::items
  };
  std::span<const Occurrence> of(std::size_t item) const {
    return std::span(occurrences_).subspan(begins_[item], begins_[item + 1] - begins_[item]);
  }

 private:
  std::vector<std::size_t> begins_;
  std::vector<Occurrence> occurrences_;
};

/// The weights near one item, summed for each neighbour; dense only in what one row needs.
class RowSum {
 public:
  explicit RowSum(std::size_t catalogue_size) : sums_(catalogue_size, 0.0F) {}

  void add(ItemIndex item, float weight) {
    if (sums_[item] == 0.0F) touched_.push_back(item);
    sums_[item] += weight;
  }
  /// Calls the body with (item, sum) for every item added, then clears them.
  template <class Body>
  void drain(Body&& body) {
    for (const ItemIndex item : touched_) {
      body(item, sums_[item]);
      sums_[item] = 0.0F;
    }
    touched_.clear();
  }

 private:
  std::vector<float> sums_;
  std::vector<ItemIndex> touched_;
};

/// Raises similarities by shared attributes.
class AttributeSimilarity {
 public:
  AttributeSimilarity(const SparseRows& attributes, const ItemKnnOptions& options, std::vector<float> shares)
      : attributes_(attributes),
        boost_(static_cast<float>(options.attribute_boost)),
        reach_(static_cast<float>(options.attribute_reach)),
        shares_(std::move(shares)),
        similar_(shares_.size(), 0.0F),
        cosines_(shares_.size()) {
    std::uint32_t count = 0;
    for (const SparseRows::Entry& entry : attributes.entries) count = std::max(count, entry.column + 1);
    holders_.resize(count);
    for (std::size_t item = 0; item < shares_.size(); ++item) {
      for (const auto& [attribute, weight] : attributes.row(item)) {
        holders_[attribute].push_back({static_cast<ItemIndex>(item), weight});
      }
    }
  }

  /// Raises the similarities in the item's row and adds neighbours by attributes alone.
  void apply(std::size_t item, std::vector<SparseRows::Entry>& row) {
    for (const auto& [attribute, weight] : attributes_.row(item)) {
      for (const auto& [other, others_weight] : holders_[attribute]) cosines_.add(other, weight * others_weight);
    }
    for (const SparseRows::Entry& entry : row) similar_[entry.column] = entry.value;
    const std::vector<SparseRows::Entry> before = std::exchange(row, {});
    cosines_.drain([&](ItemIndex other, float cosine) {
      const float value = similar_[other] * (1 + boost_ * cosine) + reach_ * cosine * std::sqrt(shares_[other]);
      similar_[other] = 0;
      if (value > 0 && other != item) row.push_back({other, value});
    });
    for (const SparseRows::Entry& entry : before) {
      if (similar_[entry.column] > 0) row.push_back(entry);
      similar_[entry.column] = 0;
    }
  }

 private:
  const SparseRows& attributes_;
  float boost_;
  float reach_;
  std::vector<float> shares_;                            // (V)
  std::vector<float> similar_;                           // (V) of the current row, 0 between rows
  std::vector<std::vector<SparseRows::Entry>> holders_;  // (A) items and weights
  RowSum cosines_;
};

SparseRows most_similar(const Dataset& data, const ItemKnnOptions& options, const SparseRows* attributes) {
  const std::vector<std::uint32_t> counts = item_counts(data);
  const Occurrences occurrences(data, counts);
  std::vector<float> after(options.window + 1);
  std::vector<float> before(options.window + 1);
  for (std::size_t d = 1; d <= options.window; ++d) {
    const double weight = options.distance_scale / (options.distance_scale + static_cast<double>(d) - 1.0);
    after[d] = static_cast<float>(weight);
    before[d] = static_cast<float>(weight * options.backward);
  }

  std::vector<float> target_factors(counts.size());
  std::transform(counts.begin(), counts.end(), target_factors.begin(),
                 [&](std::uint32_t count) { return static_cast<float>(std::pow(count, -options.target_exponent)); });

  std::optional<AttributeSimilarity> by_attributes;
  if (attributes != nullptr && (options.attribute_boost > 0 || options.attribute_reach > 0)) {
    by_attributes.emplace(*attributes, options, item_shares(data));
  }

  SparseRows rows;
  RowSum sum(counts.size());
  std::vector<SparseRows::Entry> row;
  for (std::size_t item = 0; item < counts.size(); ++item) {
    for (const auto& [user, position] : occurrences.of(item)) {
      const std::size_t ahead = std::min(options.window, data.offsets[user + 1] - 1 - position);
      for (std::size_t d = 1; d <= ahead; ++d) sum.add(data.items[position + d], after[d]);
      if (options.backward == 0.0) continue;
      const std::size_t behind = std::min(options.window, position - data.offsets[user]);
      for (std::size_t d = 1; d <= behind; ++d) sum.add(data.items[position - d], before[d]);
    }
    row.clear();
    const auto source_factor = static_cast<float>(std::pow(counts[item], -options.source_exponent));
    sum.drain([&](ItemIndex neighbour, float weight) {
      if (neighbour == item) return;
      row.push_back({neighbour, weight * source_factor * target_factors[neighbour]});
    });
    if (by_attributes) by_attributes->apply(item, row);
    const auto kept = row.begin() + static_cast<std::ptrdiff_t>(std::min(options.neighbours, row.size()));
    std::partial_sort(row.begin(), kept, row.end(), [](const auto& a, const auto& b) {
      return a.value > b.value || (a.value == b.value && a.column < b.column);
    });
    rows.entries.insert(rows.entries.end(), row.begin(), kept);
    rows.offsets.push_back(rows.entries.size());
  }
  return rows;
}

}  // namespace

ItemKnn::ItemKnn(const Dataset& training, const ItemKnnOptions& options, const SparseRows* attributes)
    : Baseline(training.catalogue_size()) {
  check(options);
  if (attributes != nullptr) {
    engine::require_size(attributes->offsets.size(), training.catalogue_size() + 1, "item_knn",
                         "the number of rows of attributes", "one for each item");
  }
  recency_decay_ = std::exp2(-1.0 / options.recency_half_life);
  counted_.background = item_shares(training);
  for (float& share : counted_.background) share *= background_weight;
  counted_.similar = most_similar(training, options, attributes);
}

ItemKnn::ItemKnn(Counted counted, const ItemKnnOptions& options)
    : Baseline(counted.background.size()), counted_(std::move(counted)) {
  check(options);
  engine::require_size(counted_.similar.offsets.size(), counted_.background.size() + 1, "item_knn",
                       "the number of row offsets", "one row of neighbours for each item");
  recency_decay_ = std::exp2(-1.0 / options.recency_half_life);
}

ItemKnnOptions choose_item_knn_options(const Dataset& training, const SparseRows& attributes) {
  const LastItems last(training);
  ItemKnnOptions best;
  if (last.empty() || attributes.entries.empty()) return best;
  double best_ndcg = last.ndcg(ItemKnn(last.known(), best));
  for (const double strength : {0.5, 1.0, 2.0, 3.0}) {
    ItemKnnOptions options;
    options.attribute_boost = strength;
    options.attribute_reach = strength;
    const double ndcg = last.ndcg(ItemKnn(last.known(), options, &attributes));
    if (ndcg <= best_ndcg) continue;
    best_ndcg = ndcg;
    best = options;
  }
  return best;
}

void ItemKnn::score_one(const History& history, std::span<float> scores) const {
  std::copy(counted_.background.begin(), counted_.background.end(), scores.begin());
  double weight = 1.0;
  for (std::size_t n = 0; n < history.size() && weight >= least_source_weight; ++n, weight *= recency_decay_) {
    for (const auto& [neighbour, similarity] : counted_.similar.row(history.items[history.size() - 1 - n])) {
      scores[neighbour] += static_cast<float>(weight) * similarity;
    }
  }
}

}  // namespace infodiet::recsys
