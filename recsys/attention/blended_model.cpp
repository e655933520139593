#include "recsys/attention/blended_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/errors.hpp"
#include "engine/shape.hpp"
#include "recsys/ranking/score_each.hpp"

namespace infodiet::recsys {
namespace {

/// The mixture for one history, and memory that is reused.
struct MixedShares {
  std::vector<double> shares;      // (V)
  std::vector<double> numerators;  // (V) of one model
  std::vector<float> scores;       // (V) of one part

  void mix(const Blend& blend, const History& history, std::span<const float> attention) {
    const std::vector<double> weights = blend.weights_at(history.size());
    shares.assign(attention.size(), 0.0);
    if (weights[0] > 0) add(attention, blend.temperature, weights[0]);
    scores.resize(attention.size());
    for (std::size_t p = 0; p < blend.parts.size(); ++p) {
      if (weights[p + 1] == 0) continue;
      blend.parts[p].model->score({&history, 1}, {scores.data(), 1, scores.size()});
      add(scores, blend.parts[p].temperature, weights[p + 1]);
    }
  }
  float score(std::size_t item) const { return static_cast<float>(std::log(std::max(share_floor, shares[item]))); }

 private:
  void add(std::span<const float> of_model, double temperature, double weight) {
    const double factor = weight / numerators_of(of_model, temperature, numerators);
    for (std::size_t v = 0; v < shares.size(); ++v) shares[v] += factor * numerators[v];
  }
};

/// The k best of a mixture, as of all its scores: logarithms are taken of those alone that may be among them.
struct BestOfMixture {
  std::vector<float> shares;
  TopK best;
  std::vector<ScoredItem> list;

  std::span<const ScoredItem> find(const MixedShares& mixture, const Allowed& allowed, std::size_t k) {
    shares.assign(mixture.shares.begin(), mixture.shares.end());
    for (float& share : shares) share = std::max(share, static_cast<float>(share_floor));
    const std::span<const ScoredItem> by_share = top_k(shares, allowed, k, best);
    if (k == 0 || by_share.size() < k) return scored(mixture, allowed, k, 0);
    // Far more than two shares can differ whose logarithms are the same float: then the lower index comes first.
    constexpr float same_score = 1e-4F;
    return scored(mixture, allowed, k, by_share.back().score * (1 - same_score));
  }

 private:
  // Of items with at least such a share.
  std::span<const ScoredItem> scored(const MixedShares& mixture, const Allowed& allowed, std::size_t k, float least) {
    best.start(k, allowed);
    for (std::size_t item = 0; item < shares.size(); ++item) {
      if (shares[item] >= least) best.offer(static_cast<ItemIndex>(item), mixture.score(item));
    }
    return best.finish();
  }
};

void check(const Blend& blend) {
  const bool lengths = !blend.lengths.empty() && blend.lengths.size() == blend.weights.size() &&
                       std::is_sorted(blend.lengths.begin(), blend.lengths.end());
  if (!(blend.temperature > 0)) throw Error("blended model: attention's temperature is not above 0");
  if (!lengths) throw Error("blended model: it needs weights for each of the lengths, which ascend");
  for (const std::vector<double>& weights : blend.weights) {
    if (weights.size() != blend.parts.size() + 1 || !is_distribution(weights)) {
      throw Error(
          fmt::format("blended model: expected {} weights from 0 to 1 that add up to 1", blend.parts.size() + 1));
    }
  }
}

}  // namespace

BlendedModel::BlendedModel(std::shared_ptr<const AttentionModel> attention, Blend blend)
    : BlendedModel(std::vector{std::move(attention)}, std::move(blend)) {}

BlendedModel::BlendedModel(std::vector<std::shared_ptr<const AttentionModel>> members, Blend blend)
    : members_(std::move(members)), attention_(together(members_)), blend_(std::move(blend)) {
  if (!blends()) return;
  check(blend_);
  for (const BlendPart& part : blend_.parts) {
    engine::require_size(part.model->catalogue_size(), attention_->catalogue_size(), "blended model",
                         "a part's catalogue", "was it counted from other data?");
  }
}

std::shared_ptr<const Recommender> BlendedModel::part(std::string_view name) const {
  for (const BlendPart& part : blend_.parts) {
    if (part.model->name() == name) return part.model;
  }
  return nullptr;
}

void mix_scores(const Blend& blend, std::span<const History> histories, engine::MatrixSpan<float> scores) {
  MixedShares mixture;
  for (std::size_t b = 0; b < histories.size(); ++b) {
    const std::span<float> row(scores.row(b), scores.cols);
    mixture.mix(blend, histories[b], row);
    for (std::size_t v = 0; v < row.size(); ++v) row[v] = mixture.score(v);
  }
}

std::vector<double> BlendedModel::attention_of_last(const History& history) const {
  std::vector<double> mean = members_.front()->attention_of_last(history);
  if (members_.size() == 1) return mean;
  for (std::size_t m = 1; m < members_.size(); ++m) {
    const std::vector<double> own = members_[m]->attention_of_last(history);
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += own[i];
  }
  for (double& weight : mean) weight /= static_cast<double>(members_.size());
  return mean;
}

void BlendedModel::score(std::span<const History> histories, engine::MatrixSpan<float> scores) const {
  attention_->score(histories, scores);
  if (blends()) mix_scores(blend_, histories, scores);
}

void BlendedModel::recommend(engine::ThreadPool& pool, std::span<const ListQuery> queries, std::size_t k,
                             std::vector<std::vector<ScoredItem>>& lists) const {
  // A mixture needs the sum over the row; attention alone does not.
  if (!blends()) return attention_->recommend(pool, queries, k, lists);
  struct Scratch {
    MixedShares mixture;
    BestOfMixture best;
  };
  std::vector<Scratch> all_scratch(pool.size());
  lists.resize(queries.size());
  const auto history_of = [&](std::size_t q) { return queries[q].history; };
  score_each(*attention_, pool, queries.size(), history_of, [&](const ScoredRow& row) {
    Scratch& scratch = all_scratch[row.worker];
    scratch.mixture.mix(blend_, queries[row.number].history, row.scores);
    const auto list = scratch.best.find(scratch.mixture, queries[row.number].allowed, k);
    lists[row.number].assign(list.begin(), list.end());
  });
}

}  // namespace infodiet::recsys
