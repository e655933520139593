#include "engine/attention/pooling.hpp"

#include <algorithm>

#include "engine/attention/dot_product.hpp"
#include "engine/matrix_ops.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
AttentionPooling<T>::AttentionPooling(ParameterLayout& layout, const std::string& name, const Options& options)
    : name_(name),
      options_(options),
      query_(layout.add_vector(name + ".query", options.width, Initialiser::normal(0.02))),
      dropout_(layout, options.dropout) {}

template <class T>
void AttentionPooling<T>::check(const PoolingInputs<T>& in) const {
  require_shape(in.tokens, {in.batch.tokens(), options_.width}, name_, "the input", "do the offsets belong to it?");
  if (!in.keep.empty()) {
    require_size(in.keep.size(), in.batch.sequences(), name_, "the number of masks", "one for each sequence");
  }
}

template <class T>
MatrixSpan<const T> AttentionPooling<T>::pooled(const PoolingInputs<T>& in, const Cache& cache,
                                                std::size_t sequence) const {
  const MatrixSpan<const T> all(options_.inputs == PooledInputs::l2_normalised ? cache.normalised : in.tokens);
  return all.rows_from(in.batch.begin(sequence), in.batch.length(sequence));
}

template <class T>
Attention<T> AttentionPooling<T>::attention(const PoolingInputs<T>& in, const Pass& pass, std::size_t sequence,
                                            MatrixSpan<const T> pooled,
                                            std::span<const ScoreTerm<T>* const> terms) const {
  const std::size_t first = pass.first_token + in.batch.begin(sequence);
  return {.terms = terms,
          .value = pooled,
          .keep = in.keep.empty() ? MatrixSpan<const std::uint8_t>{} : in.keep[sequence],
          .dropout = &dropout_,
          .pass = pass,
          .dropout_origin = {.first_row = static_cast<std::uint32_t>(first)}};
}

template <class T>
void AttentionPooling<T>::forward(const Run<T>& run, const PoolingInputs<T>& in, Cache& cache, Matrix<T>& y) const {
  check(in);
  if (options_.inputs == PooledInputs::l2_normalised) normalise_.forward(in.tokens, cache.norms, cache.normalised);
  y.resize({in.batch.sequences(), options_.width});
  cache.normalisers.resize({in.batch.sequences(), 1});
  for (std::size_t b = 0; b < in.batch.sequences(); ++b) {
    const MatrixSpan<const T> tokens = pooled(in, cache, b);
    const DotProduct<T> score(run.parameters.matrix(query_), tokens, T{1});
    const ScoreTerm<T>* term = &score;
    attend<T>(attention(in, run.pass, b, tokens, {&term, 1}), MatrixSpan<T>(y).rows_from(b, 1),
              {cache.normalisers.data() + b}, run.workspace);
  }
}

template <class T>
void AttentionPooling<T>::backward(const Run<T>& run, const PoolingInputs<T>& in, const Cache& cache,
                                   const Matrix<T>& y, const Matrix<T>& dy, Matrix<T>& dx) const {
  check(in);
  require_shape(dy, {in.batch.sequences(), options_.width}, name_, "the output's gradient", "one row per sequence");
  const MatrixSpan<T> dquery = run.required_gradients().matrix(query_);
  dx.resize({in.batch.tokens(), options_.width});
  clear<T>(dx);
  for (std::size_t b = 0; b < in.batch.sequences(); ++b) {
    const MatrixSpan<const T> tokens = pooled(in, cache, b);
    const MatrixSpan<T> dtokens = MatrixSpan<T>(dx).rows_from(in.batch.begin(b), in.batch.length(b));
    const DotProduct<T> score(run.parameters.matrix(query_), tokens, T{1}, dquery, dtokens);
    const ScoreTerm<T>* term = &score;
    attend_backward<T>(attention(in, run.pass, b, tokens, {&term, 1}), MatrixSpan<const T>(y).rows_from(b, 1),
                       MatrixSpan<const T>(dy).rows_from(b, 1), {cache.normalisers.data() + b}, dtokens, run.workspace);
  }
  // forward: pooled = x / |x|
  if (options_.inputs == PooledInputs::l2_normalised) normalise_.backward(cache.normalised, cache.norms, dx, dx);
}

template <class T>
Vector<T> AttentionPooling<T>::weights(const Parameters<T>& parameters, const PoolingInputs<T>& in,
                                       const Cache& cache) const {
  check(in);
  Vector<T> result;
  result.resize({in.batch.tokens()});
  Workspace<T> workspace;
  for (std::size_t b = 0; b < in.batch.sequences(); ++b) {
    const MatrixSpan<const T> tokens = pooled(in, cache, b);
    const DotProduct<T> score(parameters.matrix(query_), tokens, T{1});
    const ScoreTerm<T>* term = &score;
    attention_weights<T>(attention(in, {}, b, tokens, {&term, 1}), {cache.normalisers.data() + b},
                         {result.data() + in.batch.begin(b), 1, in.batch.length(b)}, workspace);
  }
  return result;
}

template class AttentionPooling<float>;
template class AttentionPooling<double>;

}  // namespace infodiet::engine
