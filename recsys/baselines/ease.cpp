#include "recsys/baselines/ease.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/errors.hpp"
#include "engine/inverse.hpp"
#include "engine/shape.hpp"
#include "engine/tensor.hpp"
#include "recsys/baselines/last_items.hpp"
#include "recsys/baselines/popularity.hpp"

namespace infodiet::recsys {

namespace {

constexpr std::size_t latest_read = 200;
constexpr double least_read_weight = 0x1.0p-16;  ///< items of the history with a lower weight are left out
// Smaller ones, two thirds of all on MovieLens-1M, change its NDCG@10 in no digit of four.
constexpr float least_kept = 0.002F;
constexpr std::size_t bytes_of_a_kept = sizeof(std::int64_t) + sizeof(float);  ///< in a model's file

void check(const EaseOptions& options) {
  if (options.l2 > 0 && std::isfinite(options.l2) && options.half_life >= 0 && std::isfinite(options.half_life)) return;
  throw Error("ease: l2 must be a positive number and half_life must not be negative");
}

/// The items that anybody consumed, ascending: only they have rows.
std::vector<ItemIndex> consumed_items(const Dataset& data) {
  const std::vector<std::uint32_t> counts = item_counts(data);
  std::vector<ItemIndex> items;
  for (std::size_t item = 0; item < counts.size(); ++item) {
    if (counts[item] > 0) items.push_back(static_cast<ItemIndex>(item));
  }
  return items;
}

/// X'X, its upper triangle: how many people consumed both items.
void count_pairs(const Dataset& data, std::span<const ItemIndex> items, engine::Matrix<double>& pairs) {
  std::vector<std::size_t> row_of(data.catalogue_size(), 0);
  for (std::size_t i = 0; i < items.size(); ++i) row_of[items[i]] = i;
  std::vector<std::size_t> own;
  for (std::size_t user = 0; user < data.users(); ++user) {
    own.clear();
    for (const ItemIndex item : data.history(user).items) own.push_back(row_of[item]);
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
    for (std::size_t a = 0; a < own.size(); ++a) {
      double* row = pairs.data() + own[a] * items.size();
      for (std::size_t b = a; b < own.size(); ++b) ++row[own[b]];
    }
  }
}

/// Counts numbers by size, in classes a few hundredths wide, to find the smallest of the largest.
class Sizes {
 public:
  void count(float number) { ++counts_[class_of(number)]; }
  /// The class from which on there are no more than `most`.
  std::uint32_t first_of(std::size_t most) const {
    std::size_t kept = 0;
    std::uint32_t from = classes;
    while (from > 0 && kept + counts_[from - 1] <= most) kept += counts_[--from];
    return from;
  }
  static std::uint32_t class_of(float number) { return std::bit_cast<std::uint32_t>(std::abs(number)) >> 18; }

 private:
  static constexpr std::uint32_t classes = 1U << 13;
  std::vector<std::size_t> counts_ = std::vector<std::size_t>(classes, 0);
};

/// B of the items that have rows, computed from P one number at a time.
struct Weights {
  std::vector<ItemIndex> items;
  engine::Matrix<double> inverse;
  std::vector<double> scales;  // -1 / diag(P)

  float operator()(std::size_t i, std::size_t j) const {
    return i == j ? 0.0F : static_cast<float>(inverse(i, j) * scales[j]);
  }
};

Weights solve(const Dataset& training, double l2) {
  Weights weights{.items = consumed_items(training), .inverse = {}, .scales = {}};
  const std::size_t n = weights.items.size();
  weights.inverse.resize({n, n});
  std::fill(weights.inverse.begin(), weights.inverse.end(), 0.0);
  count_pairs(training, weights.items, weights.inverse);
  for (std::size_t i = 0; i < n; ++i) weights.inverse(i, i) += l2;
  engine::invert_symmetric(weights.inverse);
  for (std::size_t i = 0; i < n; ++i) weights.scales.push_back(-1 / weights.inverse(i, i));
  return weights;
}

/// The largest numbers, by rows of the whole catalogue.
SparseRows prune(const Weights& weights, std::size_t catalogue, std::size_t most) {
  const std::size_t n = weights.items.size();
  Sizes sizes;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) sizes.count(weights(i, j));
  }
  const std::uint32_t from = std::max(sizes.first_of(most), Sizes::class_of(least_kept));
  SparseRows rows;
  std::size_t next = 0;
  for (std::size_t item = 0; item < catalogue; ++item) {
    if (next < n && weights.items[next] == item) {
      for (std::size_t j = 0; j < n; ++j) {
        const float value = weights(next, j);
        if (Sizes::class_of(value) >= from) rows.entries.push_back({weights.items[j], value});
      }
      ++next;
    }
    rows.offsets.push_back(rows.entries.size());
  }
  return rows;
}

constexpr std::size_t items_to_choose_by = 2048;

}  // namespace

EaseOptions choose_ease_options(const Dataset& training) {
  const LastItems last(training, items_to_choose_by);
  EaseOptions best;
  if (last.empty()) return best;
  double best_ndcg = -1;
  Ease::Solved solved;
  for (const double l2 : {30.0, 100.0, 300.0, 1000.0, 3000.0}) {
    const Ease ease(last.known(), {.l2 = l2, .half_life = best.half_life});
    const double ndcg = last.ndcg(ease);
    if (ndcg <= best_ndcg) continue;
    best_ndcg = ndcg;
    best.l2 = l2;
    solved = ease.solved();
  }
  for (const double half_life : {0.0, 16.0, 8.0, 2.0}) {
    const double ndcg = last.ndcg(Ease(solved, {.l2 = best.l2, .half_life = half_life}));
    if (ndcg <= best_ndcg) continue;
    best_ndcg = ndcg;
    best.half_life = half_life;
  }
  return best;
}

double Ease::square_bytes(const Dataset& training) {
  const auto n = static_cast<double>(consumed_items(training).size());
  return n * n * static_cast<double>(sizeof(double));
}

Ease::Ease(const Dataset& training, const EaseOptions& options)
    : Baseline(training.catalogue_size()), options_(options) {
  check(options);
  if (!fits(training)) {
    throw Error(fmt::format("ease: a square of {:.0f} bytes is needed and {:.0f} are allowed", square_bytes(training),
                            largest_square));
  }
  solved_.background = item_shares(training);
  for (float& share : solved_.background) share *= background_weight;
  solved_.weights =
      prune(solve(training, options.l2), training.catalogue_size(), (options.megabytes << 20) / bytes_of_a_kept);
}

Ease::Ease(Solved solved, const EaseOptions& options)
    : Baseline(solved.background.size()), options_(options), solved_(std::move(solved)) {
  check(options);
  engine::require_size(solved_.weights.offsets.size(), solved_.background.size() + 1, "ease",
                       "the number of row offsets", "one row of weights for each item");
}

void Ease::score_one(const History& history, std::span<float> scores) const {
  std::copy(solved_.background.begin(), solved_.background.end(), scores.begin());
  const double decay = options_.half_life > 0 ? std::exp2(-1 / options_.half_life) : 1;
  const History read = history.last(std::min(history.size(), latest_read));
  double weight = 1;
  for (std::size_t n = 0; n < read.size() && weight >= least_read_weight; ++n, weight *= decay) {
    for (const auto& [other, value] : solved_.weights.row(read.items[read.size() - 1 - n])) {
      scores[other] += static_cast<float>(weight) * value;
    }
  }
}

}  // namespace infodiet::recsys
