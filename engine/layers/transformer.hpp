// Pre-norm transformer blocks and a stack of them (Xiong et al. 2020): y = x + f(norm(x)), twice a block.
#pragma once

#include <string>
#include <vector>

#include "engine/layers/dropout.hpp"
#include "engine/layers/feed_forward.hpp"
#include "engine/layers/layer_norm.hpp"
#include "engine/layers/self_attention.hpp"

namespace infodiet::engine {

struct TransformerOptions {
  std::size_t width = 64;
  std::size_t blocks = 2;
  std::size_t heads = 1;
  std::size_t hidden = 256;  ///< width of the feed-forward part
  Mask mask = Mask::causal;
  double dropout = 0;            ///< after each part and inside the feed-forward part
  double attention_dropout = 0;  ///< on the attention weights
};

/// middle = x + dropout(attention(norm(x))); y = middle + dropout(feed_forward(norm(middle))).
template <class T>
class PreNormBlock {
 public:
  struct Cache {
    Matrix<T> attention_in;  ///< (T, D) norm(x)
    Matrix<T> middle;        ///< (T, D)
    Matrix<T> forward_in;    ///< (T, D) norm(middle)
    typename LayerNorm<T>::Cache attention_norm;
    typename LayerNorm<T>::Cache forward_norm;
    typename SelfAttention<T>::Cache attention;
    typename FeedForward<T>::Cache feed_forward;
  };

  PreNormBlock(ParameterLayout& layout, const std::string& name, const TransformerOptions& options);

  /// y (T, D) from x (T, D); not the same matrix.
  void forward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass, const Matrix<T>& x, Cache& cache,
               Workspace<T>& workspace, Matrix<T>& y) const;

  /// `gradient` (T, D) comes in as dy and leaves as dx; adds to the parameters' gradients.
  void backward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass, const Matrix<T>& x,
                const Cache& cache, Workspace<T>& workspace, Matrix<T>& gradient, Parameters<T>& gradients) const;

  const SelfAttention<T>& attention() const { return attention_; }

 private:
  LayerNorm<T> attention_norm_;
  SelfAttention<T> attention_;
  Dropout attention_dropout_;
  LayerNorm<T> forward_norm_;
  FeedForward<T> feed_forward_;
  Dropout forward_dropout_;
};

/// Blocks one after the other, then a layer norm. Parameters "<name>.block.<i>.*" and "<name>.norm.*".
template <class T>
class Transformer {
 public:
  struct Cache {
    std::vector<Matrix<T>> inputs;  ///< (T, D) the input of each block, then of the last norm
    std::vector<typename PreNormBlock<T>::Cache> blocks;
    typename LayerNorm<T>::Cache norm;
  };

  Transformer(ParameterLayout& layout, const std::string& name, const TransformerOptions& options);

  /// The matrix (T, D) that the caller fills with the input before `forward`.
  Matrix<T>& input(Cache& cache) const;

  /// y (T, D) from input(cache).
  void forward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass, Cache& cache,
               Workspace<T>& workspace, Matrix<T>& y) const;

  /// `gradient` (T, D) comes in as dy and leaves as the gradient of the input; adds to the parameters' gradients.
  void backward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass, const Cache& cache,
                Workspace<T>& workspace, Matrix<T>& gradient, Parameters<T>& gradients) const;

  /// Attention weights (H, L, L) of one block and sequence of the batch last run forward into `cache`.
  Tensor<T, 3> weights(const Ragged& batch, const Cache& cache, std::size_t block, std::size_t sequence) const;

  const TransformerOptions& options() const { return options_; }

 private:
  TransformerOptions options_;
  std::vector<PreNormBlock<T>> blocks_;
  LayerNorm<T> norm_;
};

}  // namespace infodiet::engine
