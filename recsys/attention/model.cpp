#include "recsys/attention/model.hpp"

#include <algorithm>
#include <cmath>

#include "engine/random.hpp"
#include "engine/shape.hpp"

namespace infodiet::recsys {

AttentionModel::AttentionModel(const AttentionConfig& config, AttentionWeights weights, const ColdItems* cold_items,
                               Prefilter prefilter)
    : config_(config), network_(config), weights_(std::move(weights)) {
  constexpr auto cause = "are the weights another configuration's?";
  engine::require_size(weights_.network.flat().size(), network_.layout().size(), "attention model",
                       "the number of parameters", cause);
  engine::require_size(weights_.items.shape(1), config.width, "attention model", "the item vectors' width", cause);
  if (cold_items != nullptr) {
    fill_cold_rows(*cold_items, weights_.items);
    cold_ = cold_items->cold;
  }
  ItemVectors output = network_.normalises() ? ItemVectors::of_length_one(weights_.items) : ItemVectors(weights_.items);
  // The mean of unit vectors is shorter than 1, as it should be: their mean score is closer to 0.
  if (cold_items != nullptr && network_.normalises()) output.substitute(cold_rows(*cold_items, output));
  search_.emplace(std::move(output), prefilter);
  scores_.emplace(search_->items(), catalogue_size());
}

std::unique_ptr<AttentionModel::Scratch> AttentionModel::borrow() const {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Scratch>();
  std::unique_ptr<Scratch> scratch = std::move(idle_.back());
  idle_.pop_back();
  return scratch;
}

void AttentionModel::give_back(std::unique_ptr<Scratch> scratch) const {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(scratch));
}

void AttentionModel::read_on(const History& history, Scratch& scratch) const {
  TokenBatch& batch = scratch.batch;
  batch.clear();
  batch.add(history, config_.max_length);
  std::unique_ptr<ReadState> state = states_->take(batch.tokens, batch.times);
  const std::span<const std::uint32_t> added = std::span(batch.tokens).subspan(state->tokens.size());
  if (!added.empty()) {
    network_.read_on({weights_.network, scratch.workspace}, weights_.items,
                     {.whole = batch.ragged(), .tokens = added, .pasts = state->pasts}, scratch.cache, scratch.hidden);
    state->tokens = batch.tokens;
    state->times = batch.times;
    state->last.assign(scratch.hidden.begin(), scratch.hidden.end());
  }
  scratch.last.resize({1, config_.width});
  std::copy(state->last.begin(), state->last.end(), scratch.last.begin());
  states_->put(std::move(state));
}

void AttentionModel::read_histories(std::span<const History> histories, Scratch& scratch) const {
  if (states_ && histories.size() == 1 && histories.front().size() > 0) return read_on(histories.front(), scratch);
  TokenBatch& batch = scratch.batch;
  batch.clear();
  for (const History& history : histories) batch.add(history, config_.max_length);
  read_batch({.network = network_, .weights = weights_.network}, weights_.items, scratch);
}

void AttentionModel::score(std::span<const History> histories, engine::MatrixSpan<float> scores) const {
  engine::require_shape(scores, {histories.size(), catalogue_size()}, "attention model", "the scores",
                        "one row for each history, one column for each item");
  std::unique_ptr<Scratch> scratch = borrow();
  read_histories(histories, *scratch);
  score_last(*scratch, scores);
  give_back(std::move(scratch));
}

void AttentionModel::score_last(Scratch& scratch, engine::MatrixSpan<float> scores) const {
  for (std::size_t eighth = 0; eighth < 8; ++eighth) scores_->score(eighth, scratch.last, scores, scratch.tile);
}

void AttentionModel::recommend(engine::ThreadPool& pool, std::span<const ListQuery> queries, std::size_t k,
                               std::vector<std::vector<ScoredItem>>& lists) const {
  constexpr std::size_t block = 64;
  engine::Matrix<float> vectors;
  vectors.resize({queries.size(), config_.width});
  std::vector<History> histories;
  for (const ListQuery& query : queries) histories.push_back(query.history);
  pool.run((histories.size() + block - 1) / block, [&](std::size_t b, std::size_t) {
    const std::size_t first = b * block;
    std::unique_ptr<Scratch> scratch = borrow();
    read_histories(std::span(histories).subspan(first, std::min(block, histories.size() - first)), *scratch);
    std::copy(scratch->last.begin(), scratch->last.end(), vectors.data() + first * config_.width);
    give_back(std::move(scratch));
  });
  std::vector<ItemSearch::Query> searched;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    searched.push_back({.vector = {vectors.data() + i * config_.width, config_.width}, .allowed = queries[i].allowed});
  }
  search_->search(pool, searched, k, lists);
}

std::vector<double> AttentionModel::attention_of_last(const History& history) const {
  if (history.size() == 0) return {};
  Scratch scratch;
  scratch.batch.add(history, config_.max_length);
  network_.forward({weights_.network, scratch.workspace}, weights_.items, scratch.batch.tokens, scratch.batch.ragged(),
                   scratch.cache, scratch.hidden);
  const std::size_t length = scratch.batch.tokens.size();
  std::vector<double> mean(length, 0.0);
  for (std::size_t block = 0; block < config_.blocks; ++block) {
    const engine::Tensor<float, 3> weights = network_.weights(scratch.batch.ragged(), scratch.cache, block, 0);
    for (std::size_t head = 0; head < config_.heads; ++head) {
      for (std::size_t t = 0; t < length; ++t) {
        mean[t] +=
            static_cast<double>(weights(head, length - 1, t)) / static_cast<double>(config_.blocks * config_.heads);
      }
    }
  }
  return mean;
}

AttentionWeights initial_weights(const AttentionConfig& config, const engine::Range& rows, std::uint64_t seed) {
  AttentionWeights weights;
  weights.network = engine::initialise<float>(AttentionNetwork<float>(config).layout(), seed);
  weights.items.resize({rows.end - rows.begin, config.width});
  // Parameters of the network take streams 0, 1, ... of step 0; the item vectors take step 1.
  engine::RandomStream stream(seed, engine::Purpose::initialise, 1);
  // Each value takes two draws.
  for (std::size_t skipped = 0; skipped < 2 * rows.begin * config.width; ++skipped) stream.next_u64();
  const double deviation = 0.02;
  for (float& value : weights.items) value = static_cast<float>(deviation * stream.normal());
  return weights;
}

}  // namespace infodiet::recsys
