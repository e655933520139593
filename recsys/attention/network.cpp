#include "recsys/attention/network.hpp"

#include <cmath>

namespace infodiet::recsys {

template <class T>
AttentionNetwork<T>::AttentionNetwork(const AttentionConfig& config)
    : config_(config),
      positions_(config.positions == PositionVectors::learned
                     ? std::optional<engine::LearnedPositions<T>>(std::in_place, layout_, "positions",
                                                                  config.max_length, config.width)
                     : std::nullopt),
      dropout_(layout_, config.dropout),
      transformer_(layout_, "transformer",
                   {.width = config.width,
                    .blocks = config.blocks,
                    .heads = config.heads,
                    .ffn_width = config.ffn_width,
                    .mask = engine::Mask::causal,
                    .dropout = config.dropout,
                    .attention_dropout = config.attention_dropout,
                    .kind = config.block,
                    .activation = config.activation,
                    .positions = {.relative = {.count = config.relative_buckets, .longest = config.max_length},
                                  .intervals = config.intervals}}) {
  if (config.temperature > 0) normalise_hidden_.emplace(1 / config.temperature);
}

template <class T>
T AttentionNetwork<T>::item_scale() const {
  return static_cast<T>(std::sqrt(static_cast<double>(config_.width)));
}

template <class T>
void AttentionNetwork<T>::forward(const engine::Run<T>& run, engine::MatrixSpan<const T> items,
                                  std::span<const std::uint32_t> tokens, const engine::Ragged& batch, Cache& cache,
                                  engine::Matrix<T>& hidden) const {
  engine::Matrix<T>& x = transformer_.input(cache.transformer);
  engine::gather_rows<T>(items, tokens, item_scale(), x);
  if (positions_) positions_->forward(run.parameters, batch, x);
  dropout_.forward<T>(run.pass, nullptr, x, cache.kept);
  transformer_.forward(run, batch, cache.transformer, hidden);
  normalise(cache, hidden);
}

template <class T>
void AttentionNetwork<T>::read_on(const engine::Run<T>& run, engine::MatrixSpan<const T> items, const ReadOn<T>& more,
                                  Cache& cache, engine::Matrix<T>& hidden) const {
  engine::Matrix<T>& x = transformer_.input(cache.transformer);
  engine::gather_rows<T>(items, more.tokens, item_scale(), x);
  if (positions_) positions_->read_on(run.parameters, more.whole.tokens() - more.tokens.size(), x);
  transformer_.read_on(run, more.whole, more.pasts, cache.transformer, hidden);
  normalise(cache, hidden);
}

template <class T>
void AttentionNetwork<T>::normalise(Cache& cache, engine::Matrix<T>& hidden) const {
  if (!normalise_hidden_) return;
  normalise_hidden_->forward(hidden, cache.norms, cache.normalised);
  hidden = cache.normalised;
}

template <class T>
void AttentionNetwork<T>::backward(const engine::Run<T>& run, const engine::Ragged& batch, const Cache& cache,
                                   engine::Matrix<T>& gradient) const {
  if (normalise_hidden_) normalise_hidden_->backward(cache.normalised, cache.norms, gradient, gradient);
  transformer_.backward(run, batch, cache.transformer, gradient);
  // forward: x = dropout(scale items[tokens] + positions)
  dropout_.backward(run.pass, cache.kept, gradient, gradient);
  if (positions_) positions_->backward(batch, gradient, run.required_gradients());
}

template class AttentionNetwork<float>;
template class AttentionNetwork<double>;

}  // namespace infodiet::recsys
