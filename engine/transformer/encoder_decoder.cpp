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
void EncoderDecoder<T>::encode(const Parameters<T>& parameters, const Ragged& sources, const Pass& pass, Cache& cache,
                               Workspace<T>& workspace) const {
  encoder_.forward(parameters, sources, pass, cache.encoder, workspace, cache.memory);
}

template <class T>
void EncoderDecoder<T>::decode(const Parameters<T>& parameters, const Ragged& sources, const Ragged& targets,
                               const Pass& pass, Cache& cache, Workspace<T>& workspace, Matrix<T>& y) const {
  decoder_.forward(parameters, targets, Memory<T>{sources, cache.memory}, pass, cache.decoder, workspace, y);
}

template <class T>
void EncoderDecoder<T>::backward(const Parameters<T>& parameters, const Ragged& sources, const Ragged& targets,
                                 const Pass& source_pass, const Pass& target_pass, const Cache& cache,
                                 Workspace<T>& workspace, Matrix<T>& gradient, Matrix<T>& dsource,
                                 Parameters<T>& gradients) const {
  dsource.resize(cache.memory.shape());
  clear<T>(dsource);
  decoder_.backward(parameters, targets, Memory<T>{sources, cache.memory}, target_pass, cache.decoder, workspace,
                    gradient, dsource, gradients);
  encoder_.backward(parameters, sources, source_pass, cache.encoder, workspace, dsource, gradients);
}

template <class T>
Tensor<T, 3> EncoderDecoder<T>::weights(const Ragged& sources, const Ragged& targets, const Cache& cache,
                                        std::size_t block, std::size_t sequence) const {
  return decoder_.memory_weights(targets, Memory<T>{sources, cache.memory}, cache.decoder, block, sequence);
}

template class EncoderDecoder<float>;
template class EncoderDecoder<double>;

}  // namespace infodiet::engine
