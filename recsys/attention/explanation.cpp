#include "recsys/attention/explanation.hpp"

#include <algorithm>
#include <numeric>

#include "engine/errors.hpp"
#include "engine/shape.hpp"

namespace infodiet::recsys {

namespace {

// One history run forward, with everything kept that backward passes and weights need.
struct Forward {
  TokenBatch batch;
  AttentionNetwork<float>::Cache cache;
  engine::Workspace<float> workspace;
  engine::Matrix<float> hidden;

  Forward(const AttentionModel& model, const History& history) {
    batch.add(history.items, model.config().max_length);
    model.network().forward(model.weights().network, model.weights().items, batch.tokens, batch.ragged(), {}, cache,
                            workspace, hidden);
  }
};

}  // namespace

std::vector<std::vector<Reason>> contributions(const AttentionModel& model, const History& history,
                                               std::span<const ItemIndex> candidates) {
  std::vector<std::vector<Reason>> all(candidates.size());
  if (history.size() == 0) return all;
  Forward forward(model, history);
  const std::size_t length = forward.batch.tokens.size();
  const std::size_t width = model.config().width;
  const float* items = model.weights().items.data();
  engine::Parameters<float> unused(model.network().layout());
  engine::Matrix<float> gradient;
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    if (candidates[c] >= model.catalogue_size()) {
      throw ShapeError("contributions: the candidate is not in the catalogue that the model was made for");
    }
    // forward: score = hidden[last] . items[candidate]
    gradient.resize({length, width});
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    std::copy_n(items + candidates[c] * width, width, gradient.data() + (length - 1) * width);
    model.network().backward(model.weights().network, forward.batch.ragged(), {}, forward.cache, forward.workspace,
                             gradient, unused);
    for (std::size_t t = 0; t < length; ++t) {
      const ItemIndex item = forward.batch.tokens[t];
      const float* slope = gradient.data() + t * width;
      const double product = std::inner_product(slope, slope + width, items + item * width, 0.0);
      all[c].push_back({.position = history.size() - length + t,
                        .item = item,
                        .contribution = product * static_cast<double>(model.network().item_scale())});
    }
  }
  return all;
}

std::vector<double> score_drops(const AttentionModel& model, engine::ThreadPool& pool, const History& history,
                                ItemIndex candidate) {
  const History seen = history.last(std::min(history.size(), model.config().max_length));
  std::vector<double> drops(seen.size());
  if (seen.size() == 0) return drops;
  const auto score_of = [&](const History& of) {
    if (of.size() == 0) return 0.0;
    const Forward forward(model, of);
    const float* last = forward.hidden.data() + forward.hidden.size() - model.config().width;
    return std::inner_product(last, last + model.config().width,
                              model.weights().items.data() + candidate * model.config().width, 0.0);
  };
  const double whole = score_of(seen);
  pool.run(seen.size(), [&](std::size_t t, std::size_t) {
    std::vector<ItemIndex> without(seen.items.begin(), seen.items.end());
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(t));
    drops[t] = whole - score_of({without, {}});
  });
  return drops;
}

std::vector<double> attention_of_last(const AttentionModel& model, const History& history) {
  if (history.size() == 0) return {};
  const Forward forward(model, history);
  const std::size_t length = forward.batch.tokens.size();
  const AttentionConfig& config = model.config();
  std::vector<double> mean(length, 0.0);
  for (std::size_t block = 0; block < config.blocks; ++block) {
    const engine::Tensor<float, 3> weights = model.network().weights(forward.batch.ragged(), forward.cache, block, 0);
    for (std::size_t head = 0; head < config.heads; ++head) {
      for (std::size_t t = 0; t < length; ++t) {
        mean[t] +=
            static_cast<double>(weights(head, length - 1, t)) / static_cast<double>(config.blocks * config.heads);
      }
    }
  }
  return mean;
}

}  // namespace infodiet::recsys
