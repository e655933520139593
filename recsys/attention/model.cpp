#include "recsys/attention/model.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/gemm.hpp"
#include "engine/matrix_ops.hpp"
#include "engine/random.hpp"
#include "engine/shape.hpp"

namespace infodiet::recsys {

void TokenBatch::clear() {
  tokens.clear();
  times.clear();
  offsets.assign(1, 0);
}

void TokenBatch::add(const History& history, std::size_t max_length) {
  const History recent = history.last(std::min(history.size(), max_length));
  tokens.insert(tokens.end(), recent.items.begin(), recent.items.end());
  times.insert(times.end(), recent.times.begin(), recent.times.end());
  times.resize(tokens.size(), 0);
  offsets.push_back(tokens.size());
}

namespace {

// Up to this many items, a transposed copy of their vectors is kept: for few histories, packing a transposed factor
// would cost more than the product.
constexpr std::size_t worth_turning = 8192;

// From this many tokens on, computing them once is worth copying the result to each sequence.
constexpr std::size_t worth_sharing = 8;

// The number of tokens, with equal times, that all sequences begin with; less than the length of the shortest.
std::size_t common_beginning(const TokenBatch& batch) {
  const std::size_t sequences = batch.offsets.size() - 1;
  if (sequences < 2) return 0;
  std::size_t alike = batch.tokens.size();
  for (std::size_t b = 0; b < sequences; ++b) {
    const std::size_t length = batch.offsets[b + 1] - batch.offsets[b];
    if (length == 0) return 0;
    const auto from = static_cast<std::ptrdiff_t>(batch.offsets[b]);
    alike = std::min(alike, length - 1);
    const auto end = static_cast<std::ptrdiff_t>(alike);
    const auto tokens = std::mismatch(batch.tokens.begin(), batch.tokens.begin() + end, batch.tokens.begin() + from);
    const auto times = std::mismatch(batch.times.begin(), batch.times.begin() + end, batch.times.begin() + from);
    alike = static_cast<std::size_t>(std::min(tokens.first - batch.tokens.begin(), times.first - batch.times.begin()));
  }
  return alike;
}

}  // namespace

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
}

AttentionModel::AttentionModel(const AttentionConfig& config, AttentionWeights weights,
                               ItemVectors::Substitutes substitutes)
    : AttentionModel(config, std::move(weights)) {
  if (substitutes.items.empty()) return;
  ItemVectors output = output_vectors();
  output.substitute(std::move(substitutes));
  search_.emplace(std::move(output));
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

void AttentionModel::read_from(std::size_t alike, Scratch& scratch) const {
  const TokenBatch& batch = scratch.batch;
  const auto read = [&](std::size_t b, engine::Range part, std::vector<engine::Past<float>>& pasts) {
    const std::array<std::size_t, 2> offsets{0, part.end};
    const engine::Ragged whole(offsets, std::span(batch.times).subspan(batch.offsets[b], part.end));
    const auto tokens = std::span(batch.tokens).subspan(batch.offsets[b] + part.begin, part.end - part.begin);
    network_.read_on({weights_.network, scratch.workspace}, weights_.items,
                     {.whole = whole, .tokens = tokens, .pasts = pasts}, scratch.cache, scratch.hidden);
  };
  std::vector<engine::Past<float>> shared;
  read(0, {0, alike}, shared);
  std::vector<engine::Past<float>> pasts;
  for (std::size_t b = 0; b + 1 < batch.offsets.size(); ++b) {
    pasts = shared;
    read(b, {alike, batch.offsets[b + 1] - batch.offsets[b]}, pasts);
    std::copy(scratch.hidden.begin(), scratch.hidden.end(), scratch.last.data() + b * config_.width);
  }
}

void AttentionModel::read_histories(std::span<const History> histories, Scratch& scratch) const {
  if (states_ && histories.size() == 1 && histories.front().size() > 0) return read_on(histories.front(), scratch);
  TokenBatch& batch = scratch.batch;
  batch.clear();
  for (const History& history : histories) batch.add(history, config_.max_length);
  scratch.last.resize({histories.size(), config_.width});
  if (const std::size_t alike = common_beginning(batch); alike >= worth_sharing) return read_from(alike, scratch);
  network_.forward({weights_.network, scratch.workspace}, weights_.items, batch.tokens, batch.ragged(), scratch.cache,
                   scratch.hidden);
  for (std::size_t b = 0; b < histories.size(); ++b) {
    float* to = scratch.last.data() + b * config_.width;
    if (histories[b].size() == 0) {
      std::fill_n(to, config_.width, 0.0F);
    } else {
      std::copy_n(scratch.hidden.data() + (batch.offsets[b + 1] - 1) * config_.width, config_.width, to);
    }
  }
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
  const ItemVectors& items = output_vectors();
  if (items.size() <= worth_turning) {
    if (scratch.columns.shape(1) != items.size()) {
      engine::transpose<float>(items.rows(0, items.size(), scratch.items), scratch.columns);
      scratch.items = {};
    }
    return engine::gemm<float>(engine::plain<float>(scratch.last), engine::plain<float>(scratch.columns), scores);
  }
  const std::size_t tile = items.tile();
  for (std::size_t begin = 0; begin < items.size(); begin += tile) {
    const std::size_t count = std::min(tile, items.size() - begin);
    engine::gemm<float>(engine::plain<float>(scratch.last),
                        engine::transposed<float>(items.rows(begin, count, scratch.items)),
                        scores.cols_from(begin, count));
  }
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
