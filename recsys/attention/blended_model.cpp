#include "recsys/attention/blended_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/errors.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::recsys {
namespace {

// Too small for softmax to matter, large enough for a float.
constexpr double least_share = 1e-30;

/// The mixture for one history, and memory that is reused.
struct Mixture {
  std::vector<double> shares;  // (V)
  std::vector<float> near;     // (V) scores of the neighbours

  void mix(const ItemKnn& neighbours, double weight, const History& history, std::span<const float> scores) {
    near.resize(scores.size());
    neighbours.score({&history, 1}, {near.data(), 1, near.size()});
    shares.assign(scores.begin(), scores.end());
    double highest = -std::numeric_limits<double>::infinity();
    double sum = 0;
    engine::kernels::best<double>().softmax_tile(shares.data(), shares.size(), &highest, &sum);
    sum = 0;
    for (double& share : shares) {
      share = static_cast<double>(static_cast<float>(share));
      sum += share;
    }
    const double attention_share = (1 - weight) / sum;
    const double neighbour_share = weight / std::max(least_share, std::accumulate(near.begin(), near.end(), 0.0));
    for (std::size_t v = 0; v < shares.size(); ++v) {
      shares[v] = attention_share * shares[v] + neighbour_share * static_cast<double>(near[v]);
    }
  }
  float score(std::size_t item) const { return static_cast<float>(std::log(std::max(least_share, shares[item]))); }
};

/// The k best of a mixture, as of all its scores: logarithms are taken of those alone that may be among them.
struct BestOfMixture {
  std::vector<float> shares;
  TopK best;
  std::vector<ScoredItem> list;

  std::span<const ScoredItem> find(const Mixture& mixture, const Allowed& allowed, std::size_t k) {
    shares.assign(mixture.shares.begin(), mixture.shares.end());
    for (float& share : shares) share = std::max(share, static_cast<float>(least_share));
    const std::span<const ScoredItem> by_share = top_k(shares, allowed, k, best);
    if (k == 0 || by_share.size() < k) return scored(mixture, allowed, k, 0);
    // Far more than two shares can differ whose logarithms are the same float: then the lower index comes first.
    constexpr float same_score = 1e-4F;
    return scored(mixture, allowed, k, by_share.back().score * (1 - same_score));
  }

 private:
  // Of items with at least such a share.
  std::span<const ScoredItem> scored(const Mixture& mixture, const Allowed& allowed, std::size_t k, float least) {
    best.start(k, allowed);
    for (std::size_t item = 0; item < shares.size(); ++item) {
      if (shares[item] >= least) best.offer(static_cast<ItemIndex>(item), mixture.score(item));
    }
    return best.finish();
  }
};

}  // namespace

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
  Mixture mixture;
  for (std::size_t b = 0; b < histories.size(); ++b) {
    const std::span<float> row(scores.row(b), scores.cols);
    mixture.mix(*neighbours_, weight_, histories[b], row);
    for (std::size_t v = 0; v < row.size(); ++v) row[v] = mixture.score(v);
  }
}

void BlendedModel::recommend(engine::ThreadPool& pool, std::span<const ListQuery> queries, std::size_t k,
                             std::vector<std::vector<ScoredItem>>& lists) const {
  // A mixture needs the sum over the row; attention alone does not.
  if (weight_ == 0) return attention_->recommend(pool, queries, k, lists);
  struct Scratch {
    std::vector<History> histories;
    std::vector<float> scores;
    Mixture mixture;
    BestOfMixture best;
  };
  const std::size_t catalogue = catalogue_size();
  const std::size_t block = scoring_block(catalogue);
  std::vector<Scratch> all_scratch(pool.size());
  lists.resize(queries.size());
  pool.run((queries.size() + block - 1) / block, [&](std::size_t b, std::size_t worker) {
    Scratch& scratch = all_scratch[worker];
    const std::size_t first = b * block;
    const std::size_t count = std::min(block, queries.size() - first);
    scratch.scores.resize(count * catalogue);
    scratch.histories.clear();
    for (const ListQuery& query : queries.subspan(first, count)) scratch.histories.push_back(query.history);
    attention_->score(scratch.histories, {scratch.scores.data(), count, catalogue});
    for (std::size_t i = 0; i < count; ++i) {
      const std::span<const float> scores = std::span(scratch.scores).subspan(i * catalogue, catalogue);
      scratch.mixture.mix(*neighbours_, weight_, scratch.histories[i], scores);
      const auto list = scratch.best.find(scratch.mixture, queries[first + i].allowed, k);
      lists[first + i].assign(list.begin(), list.end());
    }
  });
}

}  // namespace infodiet::recsys
