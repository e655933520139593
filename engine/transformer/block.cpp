#include "engine/transformer/block.hpp"

#include "engine/errors.hpp"

namespace infodiet::engine {

namespace {

Wiring wiring_of(BlockKind kind) {
  switch (kind) {
    case BlockKind::post_norm:
      return Wiring::post_norm;
    case BlockKind::gated:
      return Wiring::gated;
    case BlockKind::pre_norm:
    case BlockKind::hstu:
      break;
  }
  return Wiring::pre_norm;
}

}  // namespace

template <class T>
TransformerBlock<T>::TransformerBlock(ParameterLayout& layout, const std::string& name,
                                      const TransformerOptions& options)
    : attention_residual_(layout, name + ".attention",
                          {.width = options.width, .wiring = wiring_of(options.kind), .dropout = options.dropout}) {
  const typename Residual<T>::Options wiring{
      .width = options.width, .wiring = wiring_of(options.kind), .dropout = options.dropout};
  const SelfAttentionOptions attention{.width = options.width,
                                       .heads = options.heads,
                                       .mask = options.mask,
                                       .weighting = options.weighting,
                                       .dropout = options.attention_dropout,
                                       .positions = options.positions};
  if (options.kind == BlockKind::hstu) {
    hstu_.emplace(layout, name + ".attention", attention);
  } else {
    attention_.emplace(layout, name + ".attention", attention);
  }
  if (options.memory_width > 0) {
    cross_residual_.emplace(layout, name + ".cross", wiring);
    cross_.emplace(layout, name + ".cross",
                   typename CrossAttention<T>::Options{.width = options.width,
                                                       .memory_width = options.memory_width,
                                                       .heads = options.heads,
                                                       .weighting = options.weighting,
                                                       .dropout = options.attention_dropout});
  }
  if (options.kind != BlockKind::hstu) {
    forward_residual_.emplace(layout, name + ".forward", wiring);
    feed_forward_.emplace(layout, name + ".feed_forward",
                          typename FeedForward<T>::Options{
                              .width = options.width,
                              .ffn_width = options.ffn_width,
                              .activation = options.kind == BlockKind::gated ? Activation::swiglu : options.activation,
                              .dropout = options.dropout});
  }
}

template <class T>
const Matrix<T>& TransformerBlock<T>::before_feed_forward(const Cache& cache) const {
  return cross_ ? cache.after_cross : cache.after_attention;
}

template <class T>
void TransformerBlock<T>::forward(const Run<T>& run, const Ragged& batch, const Memory<T>* memory, const Matrix<T>& x,
                                  Cache& cache, Matrix<T>& y) const {
  if (cross_.has_value() != (memory != nullptr)) {
    throw ShapeError(cross_ ? "transformer block: memory_width is set, but no memory was given"
                            : "transformer block: a memory was given, but memory_width is 0");
  }
  attention_residual_.forward(run, x, cache.attention_residual, feed_forward_ || cross_ ? cache.after_attention : y,
                              [&](const Matrix<T>& in, Matrix<T>& out) {
                                if (hstu_) {
                                  hstu_->forward(run, batch, in, cache.hstu, out);
                                } else {
                                  attention_->forward(run, batch, in, cache.attention, out);
                                }
                              });
  if (cross_) {
    cross_residual_->forward(
        run, cache.after_attention, cache.cross_residual, feed_forward_ ? cache.after_cross : y,
        [&](const Matrix<T>& in, Matrix<T>& out) { cross_->forward(run, batch, *memory, in, cache.cross, out); });
  }
  if (feed_forward_) {
    forward_residual_->forward(
        run, before_feed_forward(cache), cache.forward_residual, y,
        [&](const Matrix<T>& in, Matrix<T>& out) { feed_forward_->forward(run, in, cache.feed_forward, out); });
  }
}

template <class T>
void TransformerBlock<T>::read_on(const Run<T>& run, const Continuation<T>& more, const Matrix<T>& x, Cache& cache,
                                  Matrix<T>& y) const {
  if (cross_) throw Error("transformer block: read_on does not support a memory");
  attention_residual_.forward(run, x, cache.attention_residual, feed_forward_ ? cache.after_attention : y,
                              [&](const Matrix<T>& in, Matrix<T>& out) {
                                if (hstu_) {
                                  hstu_->read_on(run, more, in, cache.hstu, out);
                                } else {
                                  attention_->read_on(run, more, in, cache.attention, out);
                                }
                              });
  if (!feed_forward_) return;
  forward_residual_->forward(
      run, cache.after_attention, cache.forward_residual, y,
      [&](const Matrix<T>& in, Matrix<T>& out) { feed_forward_->forward(run, in, cache.feed_forward, out); });
}

template <class T>
void TransformerBlock<T>::backward(const Run<T>& run, const Ragged& batch, const Memory<T>* memory, const Matrix<T>& x,
                                   const Cache& cache, Matrix<T>& gradient) const {
  if (feed_forward_) {
    forward_residual_->backward(
        run, before_feed_forward(cache), cache.forward_residual, gradient,
        [&](const Matrix<T>& in, Matrix<T>& inner) { feed_forward_->backward(run, in, cache.feed_forward, inner); });
  }
  if (cross_) {
    cross_residual_->backward(
        run, cache.after_attention, cache.cross_residual, gradient,
        [&](const Matrix<T>& in, Matrix<T>& inner) { cross_->backward(run, batch, *memory, in, cache.cross, inner); });
  }
  attention_residual_.backward(run, x, cache.attention_residual, gradient, [&](const Matrix<T>& in, Matrix<T>& inner) {
    if (hstu_) {
      hstu_->backward(run, batch, in, cache.hstu, inner);
    } else {
      attention_->backward(run, batch, in, cache.attention, inner);
    }
  });
}

template <class T>
Tensor<T, 3> TransformerBlock<T>::weights(const Ragged& batch, const Cache& cache, std::size_t sequence) const {
  return hstu_ ? hstu_->weights(batch, cache.hstu, sequence) : attention_->weights(batch, cache.attention, sequence);
}

template <class T>
Tensor<T, 3> TransformerBlock<T>::memory_weights(const Ragged& batch, const Memory<T>& memory, const Cache& cache,
                                                 std::size_t sequence) const {
  if (!cross_) throw ShapeError("transformer block: there are no weights of a memory, since memory_width is 0");
  return cross_->weights(batch, memory, cache.cross, sequence);
}

template class TransformerBlock<float>;
template class TransformerBlock<double>;

}  // namespace infodiet::engine
