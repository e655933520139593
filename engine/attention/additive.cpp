#include "engine/attention/additive.hpp"

#include <algorithm>

#include "engine/attention/head_plan.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/matrix_ops.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
AdditiveScore<T>::AdditiveScore(MatrixSpan<const T> query, MatrixSpan<const T> key, const T* u,
                                const Gradients& gradients)
    : query_(query), key_(key), u_(u), gradients_(gradients) {
  require_size(key.cols, query.cols, "additive score", "the projected keys' width", "it must be the queries'");
}

template <class T>
void AdditiveScore<T>::require(std::size_t queries, std::size_t keys) const {
  require_size(query_.rows, queries, "additive score", "the number of queries", "one for each row of the output");
  require_size(key_.rows, keys, "additive score", "the number of keys", "one for each value");
}

template <class T>
void AdditiveScore<T>::add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>&) const {
  for (std::size_t r = 0; r < tile.queries; ++r) {
    kernels::best<T>().add_additive_scores(query_.row(tile.query + r), {key_.row(tile.key), key_.stride},
                                           {u_, 1, query_.cols}, tile.keys, scores.row(r));
  }
}

template <class T>
void AdditiveScore<T>::backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>&) const {
  for (std::size_t r = 0; r < tile.queries; ++r) {
    kernels::best<T>().add_additive_scores_backward(query_.row(tile.query + r), {key_.row(tile.key), key_.stride},
                                                    {u_, 1, query_.cols}, tile.keys, dscores.row(r),
                                                    {.query = gradients_.query.row(tile.query + r),
                                                     .keys = {gradients_.key.row(tile.key), gradients_.key.stride},
                                                     .u = gradients_.u});
  }
}

template <class T>
AdditiveAttention<T>::AdditiveAttention(ParameterLayout& layout, const std::string& name, const Options& options)
    : name_(name),
      options_(options),
      query_(layout, name + ".query", {.in = options.query_width, .out = options.hidden, .bias = Bias::no}),
      key_(layout, name + ".key", {.in = options.key_width, .out = options.hidden, .bias = Bias::no}),
      score_(layout.add_vector(name + ".score", options.hidden, Initialiser::glorot(options.hidden, 1))),
      dropout_(layout, options.dropout) {}

template <class T>
void AdditiveAttention<T>::forward(const Run<T>& run, const AttentionInputs<T>& in, Cache& cache,
                                   Matrix<T>& out) const {
  require_inputs(in, name_);
  query_.forward(run.parameters, in.query, cache.query);
  key_.forward(run.parameters, in.key, cache.key);
  cache.normalisers.resize({in.queries.tokens(), 1});
  out.resize({in.queries.tokens(), in.value.cols});
  const HeadPlan<T> plan{.in = in, .dropout = dropout_, .pass = run.pass, .mask = options_.mask};
  plan.for_each_head([&](HeadAt at) {
    const AdditiveScore<T> score(plan.of_queries(MatrixSpan<const T>(cache.query), at),
                                 plan.of_keys(MatrixSpan<const T>(cache.key), at), run.parameters.data(score_));
    const ScoreTerm<T>* term = &score;
    attend<T>(plan.attention(at, {&term, 1}), plan.of_queries(MatrixSpan<T>(out), at),
              plan.normalisers(cache.normalisers, at), run.workspace);
  });
}

template <class T>
void AdditiveAttention<T>::backward(const Run<T>& run, const AttentionInputs<T>& in, const Cache& cache,
                                    const Matrix<T>& out, const Matrix<T>& dout,
                                    const AttentionInputGradients<T>& din) const {
  require_inputs(in, name_);
  require_shape(cache.query, {in.query.rows, options_.hidden}, name_, "the cache", "is it from another forward pass?");
  Parameters<T>& gradients = run.required_gradients();
  auto dprojected_query = run.workspace.take(in.query.rows, options_.hidden);
  auto dprojected_key = run.workspace.take(in.key.rows, options_.hidden);
  clear<T>(*dprojected_query);
  clear<T>(*dprojected_key);
  const HeadPlan<T> plan{.in = in, .dropout = dropout_, .pass = run.pass, .mask = options_.mask};
  plan.for_each_head([&](HeadAt at) {
    const AdditiveScore<T> score(plan.of_queries(MatrixSpan<const T>(cache.query), at),
                                 plan.of_keys(MatrixSpan<const T>(cache.key), at), run.parameters.data(score_),
                                 {.query = plan.of_queries(MatrixSpan<T>(*dprojected_query), at),
                                  .key = plan.of_keys(MatrixSpan<T>(*dprojected_key), at),
                                  .u = gradients.data(score_)});
    const ScoreTerm<T>* term = &score;
    attend_backward<T>(plan.attention(at, {&term, 1}), plan.of_queries(MatrixSpan<const T>(out), at),
                       plan.of_queries(MatrixSpan<const T>(dout), at), plan.normalisers(cache.normalisers, at),
                       plan.of_keys(din.value, at), run.workspace);
  });
  // forward: projected query = q Wq; projected key = k Wk
  auto dinput = run.workspace.take(0, 0);
  query_.backward(run.parameters, in.query, *dprojected_query, *dinput, gradients);
  add_to<T>(din.query, *dinput);
  key_.backward(run.parameters, in.key, *dprojected_key, *dinput, gradients);
  add_to<T>(din.key, *dinput);
}

template <class T>
Matrix<T> AdditiveAttention<T>::weights(const Parameters<T>& parameters, const AttentionInputs<T>& in,
                                        const Cache& cache, std::size_t sequence) const {
  require_inputs(in, name_);
  const HeadAt at{sequence, 0};
  const HeadPlan<T> plan{.in = in, .dropout = dropout_, .mask = options_.mask};
  const AdditiveScore<T> score(plan.of_queries(MatrixSpan<const T>(cache.query), at),
                               plan.of_keys(MatrixSpan<const T>(cache.key), at), parameters.data(score_));
  const ScoreTerm<T>* term = &score;
  Matrix<T> result;
  result.resize({in.queries.length(sequence), in.keys.length(sequence)});
  Workspace<T> workspace;
  attention_weights<T>(plan.attention(at, {&term, 1}), plan.normalisers(cache.normalisers, at), result, workspace);
  return result;
}

template class AdditiveScore<float>;
template class AdditiveScore<double>;
template class AdditiveAttention<float>;
template class AdditiveAttention<double>;

}  // namespace infodiet::engine
