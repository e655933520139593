#include "engine/transformer/encoder_decoder.hpp"

#include "engine/matrix_ops.hpp"

namespace infodiet::engine {

namespace {

TransformerOptions with_memory(TransformerOptions decoder, std::size_t width) {
  decoder.memory_width = width;
  return decoder;
}

}  // namespace

template <class T>
EncoderDecoder<T>::EncoderDecoder(ParameterLayout& layout, const std::string& name, EncoderDecoderOptions options)
    : encoder_(layout, name + ".encoder", options.encoder),
      decoder_(layout, name + ".decoder", with_memory(options.decoder, options.encoder.width)) {}

template <class T>
void EncoderDecoder<T>::encode(const Run<T>& run, const Ragged& sources, Cache& cache) const {
  encoder_.forward(run, sources, cache.encoder, cache.memory);
  cache.encoded = run.pass;
}

template <class T>
void EncoderDecoder<T>::decode(const Run<T>& run, const Ragged& sources, const Ragged& targets, Cache& cache,
                               Matrix<T>& y) const {
  const Memory<T> memory{sources, cache.memory};
  decoder_.forward(run, targets, cache.decoder, y, &memory);
}

template <class T>
void EncoderDecoder<T>::backward(const Run<T>& run, const Ragged& sources, const Ragged& targets, const Cache& cache,
                                 Matrix<T>& gradient, Matrix<T>& dsource) const {
  dsource.resize(cache.memory.shape());
  clear<T>(dsource);
  const Memory<T> memory{.batch = sources, .tokens = cache.memory, .gradient = &dsource};
  decoder_.backward(run, targets, cache.decoder, gradient, &memory);
  encoder_.backward({run.parameters, run.workspace, cache.encoded, run.gradients}, sources, cache.encoder, dsource);
}

template <class T>
Tensor<T, 3> EncoderDecoder<T>::weights(const Ragged& sources, const Ragged& targets, const Cache& cache,
                                        std::size_t block, std::size_t sequence) const {
  return decoder_.memory_weights(targets, Memory<T>{sources, cache.memory}, cache.decoder, block, sequence);
}

template class EncoderDecoder<float>;
template class EncoderDecoder<double>;

}  // namespace infodiet::engine
