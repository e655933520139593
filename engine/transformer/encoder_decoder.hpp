// An encoder, and a decoder that attends to its output (Vaswani et al. 2017). Embeddings and the output layer belong to
// the model.
#pragma once

#include <string>

#include "engine/transformer/transformer.hpp"

namespace infodiet::engine {

/// Options of both stacks; their widths may differ.
struct EncoderDecoderOptions {
  /// Of the encoder; its mask is usually none.
  TransformerOptions encoder = {.mask = Mask::none};
  /// Of the decoder; its memory_width is set to the encoder's width.
  TransformerOptions decoder = {};
};

/// Parameters "<name>.encoder.*" and "<name>.decoder.*". Sequence b of the source batch belongs to sequence b of the
/// target batch.
template <class T>
class EncoderDecoder {
 public:
  struct Cache {
    typename Transformer<T>::Cache encoder;
    typename Transformer<T>::Cache decoder;
    Matrix<T> memory;  ///< (Ts, D) the encoder's output
    Pass encoded;      ///< how the encoder ran
  };

  EncoderDecoder(ParameterLayout& layout, const std::string& name, EncoderDecoderOptions options);

  /// The matrices (Ts, D) and (Tt, D) that the caller fills before `encode` and `decode`.
  Matrix<T>& source(Cache& cache) const { return encoder_.input(cache.encoder); }
  Matrix<T>& target(Cache& cache) const { return decoder_.input(cache.decoder); }

  /// Fills cache.memory from source(cache). For step-by-step decoding, once is enough.
  void encode(const Run<T>& run, const Ragged& sources, Cache& cache) const;

  /// y (Tt, D) from target(cache) and cache.memory. Its pass may number tokens differently from encode's.
  void decode(const Run<T>& run, const Ragged& sources, const Ragged& targets, Cache& cache, Matrix<T>& y) const;

  /// After encode and decode, with decode's pass: `gradient` (Tt, D) is dy on entry and that of the target input on
  /// return; writes dsource (Ts, D).
  void backward(const Run<T>& run, const Ragged& sources, const Ragged& targets, const Cache& cache,
                Matrix<T>& gradient, Matrix<T>& dsource) const;

  /// Weights (H, Lt, Ls) with which one target sequence attends to its source in a block of the decoder.
  Tensor<T, 3> weights(const Ragged& sources, const Ragged& targets, const Cache& cache, std::size_t block,
                       std::size_t sequence) const;

 private:
  Transformer<T> encoder_;
  Transformer<T> decoder_;
};

}  // namespace infodiet::engine
