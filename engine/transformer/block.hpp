// One block of a transformer: attention of the tokens to each other, attention to a memory if there is one, and a
// feed-forward part, each wired to the residual stream by a Residual. Kinds of blocks differ only in wiring and parts.
#pragma once

#include <optional>
#include <string>

#include "engine/attention/cross_attention.hpp"
#include "engine/attention/hstu_attention.hpp"
#include "engine/attention/self_attention.hpp"
#include "engine/layers/feed_forward.hpp"
#include "engine/transformer/residual.hpp"

namespace infodiet::engine {

/// How a block wires its parts.
enum class BlockKind {
  pre_norm,   ///< norm before each part
  post_norm,  ///< norm after each sum
  gated,      ///< norm before each part, a sigmoid gate on what it gives; SwiGLU (LiGR)
  hstu,       ///< norm before one part, gated pointwise-SiLU attention; no feed-forward part (HSTU)
};

/// Shape and parts of a stack of blocks. `heads` must divide `width`.
struct TransformerOptions {
  std::size_t width = 64;
  std::size_t blocks = 2;
  std::size_t heads = 1;
  std::size_t ffn_width = 256;  ///< width of the feed-forward part
  Mask mask = Mask::causal;
  Weighting weighting = Weighting::softmax;  ///< of kinds that do not name one
  double dropout = 0;                        ///< after each part and inside the feed-forward part
  double attention_dropout = 0;              ///< on the attention weights
  BlockKind kind = BlockKind::pre_norm;
  Activation activation = Activation::gelu;  ///< of the feed-forward part of kinds that do not name one
  ScorePositions positions = {};
  std::size_t memory_width = 0;  ///< of the memory that blocks attend to between the two parts; 0: none
};

/// One block. Its parameters and errors are those of its parts.
template <class T>
class TransformerBlock {
 public:
  struct Cache {
    typename SelfAttention<T>::Cache attention;
    typename HstuAttention<T>::Cache hstu;
    typename CrossAttention<T>::Cache cross;
    typename FeedForward<T>::Cache feed_forward;
    typename Residual<T>::Cache attention_residual;
    typename Residual<T>::Cache cross_residual;
    typename Residual<T>::Cache forward_residual;
    Matrix<T> after_attention;  ///< (T, D)
    Matrix<T> after_cross;      ///< (T, D)
  };

  /// Parameters "<name>.attention*", "<name>.cross*", "<name>.forward_*" and "<name>.feed_forward.*".
  TransformerBlock(ParameterLayout& layout, const std::string& name, const TransformerOptions& options);

  /// y (T, D) from x (T, D); not the same matrix. `memory` is null unless the block was made for one.
  void forward(const Run<T>& run, const Ragged& batch, const Memory<T>* memory, const Matrix<T>& x, Cache& cache,
               Matrix<T>& y) const;

  /// As SelfAttention::read_on: y (outputs, D) from x (new tokens, D). Throws Error if the block has a memory.
  void read_on(const Run<T>& run, const Continuation<T>& more, const Matrix<T>& x, Cache& cache, Matrix<T>& y) const;

  /// `gradient` (T, D) is dy on entry and dx on return; adds to the memory's gradient.
  void backward(const Run<T>& run, const Ragged& batch, const Memory<T>* memory, const Matrix<T>& x, const Cache& cache,
                Matrix<T>& gradient) const;

  /// Weights (H, L, L) of the tokens' attention to each other in one sequence of the batch last run forward.
  Tensor<T, 3> weights(const Ragged& batch, const Cache& cache, std::size_t sequence) const;
  /// Weights (H, L, Lm) of their attention to the memory.
  Tensor<T, 3> memory_weights(const Ragged& batch, const Memory<T>& memory, const Cache& cache,
                              std::size_t sequence) const;

 private:
  const Matrix<T>& before_feed_forward(const Cache& cache) const;

  Residual<T> attention_residual_;
  std::optional<SelfAttention<T>> attention_;
  std::optional<HstuAttention<T>> hstu_;
  std::optional<Residual<T>> cross_residual_;
  std::optional<CrossAttention<T>> cross_;
  std::optional<Residual<T>> forward_residual_;
  std::optional<FeedForward<T>> feed_forward_;
};

}  // namespace infodiet::engine
