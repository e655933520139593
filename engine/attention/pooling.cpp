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
const Matrix<T>& AttentionPooling<T>::pooled(const Matrix<T>& x, const Cache& cache) const {
  return options_.inputs == PooledInputs::l2_normalised ? cache.normalised : x;
}

template <class T>
void AttentionPooling<T>::check(const Ragged& batch, const Matrix<T>& x, const Keep& keep) const {
  require_shape(x, batch.tokens(), options_.width, name_, "the input", "do the offsets belong to it?");
  if (!keep.empty()) {
    require_size(keep.size(), batch.sequences(), name_, "the number of masks", "one for each sequence");
  }
}

template <class T>
Attention<T> AttentionPooling<T>::attention(const Ragged& batch, const Pass& pass, const Matrix<T>& pooled,
                                            const Keep& keep, std::size_t sequence,
                                            std::span<const ScoreTerm<T>* const> terms) const {
  const std::size_t begin = batch.begin(sequence);
  return {.terms = terms,
          .value = MatrixSpan<const T>(pooled).rows_from(begin, batch.length(sequence)),
          .keep = keep.empty() ? MatrixSpan<const std::uint8_t>{} : keep[sequence],
          .dropout = &dropout_,
          .pass = pass,
          .dropout_place = {.first_row = static_cast<std::uint32_t>(pass.first_token + begin)}};
}

template <class T>
void AttentionPooling<T>::forward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass,
                                  const Matrix<T>& x, const Keep& keep, Cache& cache, Workspace<T>& workspace,
                                  Matrix<T>& y) const {
  check(batch, x, keep);
  if (options_.inputs == PooledInputs::l2_normalised) normalise_.forward(x, cache.norms, cache.normalised);
  y.resize({batch.sequences(), options_.width});
  cache.normalisers.resize({batch.sequences(), 1});
  for (std::size_t b = 0; b < batch.sequences(); ++b) {
    const MatrixSpan<const T> tokens(MatrixSpan<const T>(pooled(x, cache)).rows_from(batch.begin(b), batch.length(b)));
    const DotProduct<T> score(parameters.matrix(query_), tokens, T{1});
    const ScoreTerm<T>* term = &score;
    attend<T>(attention(batch, pass, pooled(x, cache), keep, b, {&term, 1}), MatrixSpan<T>(y).rows_from(b, 1),
              {cache.normalisers.data() + b}, workspace);
  }
}

template <class T>
void AttentionPooling<T>::backward(const Parameters<T>& parameters, const Ragged& batch, const Pass& pass,
                                   const Matrix<T>& x, const Keep& keep, const Cache& cache, const Matrix<T>& y,
                                   const Matrix<T>& dy, Workspace<T>& workspace, Matrix<T>& dx,
                                   Parameters<T>& gradients) const {
  check(batch, x, keep);
  require_shape(dy, batch.sequences(), options_.width, name_, "the output's gradient", "one row a sequence");
  dx.resize({batch.tokens(), options_.width});
  clear<T>(dx);
  for (std::size_t b = 0; b < batch.sequences(); ++b) {
    const MatrixSpan<const T> tokens(MatrixSpan<const T>(pooled(x, cache)).rows_from(batch.begin(b), batch.length(b)));
    const MatrixSpan<T> dtokens = MatrixSpan<T>(dx).rows_from(batch.begin(b), batch.length(b));
    const DotProduct<T> score(parameters.matrix(query_), tokens, T{1}, gradients.matrix(query_), dtokens);
    const ScoreTerm<T>* term = &score;
    attend_backward<T>(attention(batch, pass, pooled(x, cache), keep, b, {&term, 1}),
                       MatrixSpan<const T>(y).rows_from(b, 1), MatrixSpan<const T>(dy).rows_from(b, 1),
                       {cache.normalisers.data() + b}, dtokens, workspace);
  }
  // forward: pooled = x / |x|
  if (options_.inputs == PooledInputs::l2_normalised) normalise_.backward(cache.normalised, cache.norms, dx, dx);
}

template <class T>
Vector<T> AttentionPooling<T>::weights(const Parameters<T>& parameters, const Ragged& batch, const Matrix<T>& x,
                                       const Keep& keep, const Cache& cache) const {
  check(batch, x, keep);
  Vector<T> result;
  result.resize({batch.tokens()});
  Workspace<T> workspace;
  for (std::size_t b = 0; b < batch.sequences(); ++b) {
    const MatrixSpan<const T> tokens(MatrixSpan<const T>(pooled(x, cache)).rows_from(batch.begin(b), batch.length(b)));
    const DotProduct<T> score(parameters.matrix(query_), tokens, T{1});
    const ScoreTerm<T>* term = &score;
    attention_weights<T>(attention(batch, {}, pooled(x, cache), keep, b, {&term, 1}), {cache.normalisers.data() + b},
                         {result.data() + batch.begin(b), 1, batch.length(b)}, workspace);
  }
  return result;
}

template class AttentionPooling<float>;
template class AttentionPooling<double>;

}  // namespace infodiet::engine
