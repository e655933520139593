#include "engine/attention/two_stream.hpp"

#include <array>
#include <cmath>

#include "engine/attention/dot_product.hpp"

namespace infodiet::engine {

namespace {

// The two terms of one sequence's scores. Must not move: pointers to them are handed out.
template <class T>
struct TwoStreamTerms {
  TwoStreamTerms(const HeadPlan<T>& plan, const TwoStreamInputs<T>& in, T scale, HeadAt at,
                 const TwoStreamGradients<T>& din = {})
      : content(plan.of_queries(in.content.query, at), plan.of_keys(in.content.key, at), scale,
                plan.of_queries(din.content.query, at), plan.of_keys(din.content.key, at)),
        beside(plan.of_queries(in.second_query, at), plan.of_keys(in.second_key, at), scale,
               plan.of_queries(din.second_query, at), plan.of_keys(din.second_key, at)) {}
  TwoStreamTerms(const TwoStreamTerms&) = delete;
  TwoStreamTerms& operator=(const TwoStreamTerms&) = delete;

  DotProduct<T> content;
  DotProduct<T> beside;
  std::array<const ScoreTerm<T>*, 2> all{&content, &beside};
};

}  // namespace

template <class T>
TwoStreamAttention<T>::TwoStreamAttention(ParameterLayout& layout, const std::string& name, const Options& options)
    : name_(name), options_(options), dropout_(layout, options.dropout) {}

template <class T>
HeadPlan<T> TwoStreamAttention<T>::plan(const TwoStreamInputs<T>& in, const Pass& pass) const {
  constexpr auto cause = "the second stream has a row for each row of the first";
  require_inputs(in.content, name_);
  require_size(in.second_query.rows, in.content.query.rows, name_, "the second stream's number of queries", cause);
  require_size(in.second_key.rows, in.content.key.rows, name_, "the second stream's number of keys", cause);
  return {.in = in.content, .dropout = dropout_, .pass = pass, .mask = options_.mask};
}

template <class T>
T TwoStreamAttention<T>::scale(const TwoStreamInputs<T>& in) const {
  if (options_.scale == ScoreScale::one) return T{1};
  return static_cast<T>(1 / std::sqrt(static_cast<double>(in.content.query.cols + in.second_query.cols)));
}

template <class T>
void TwoStreamAttention<T>::forward(const Run<T>& run, const TwoStreamInputs<T>& in, Cache& cache,
                                    Matrix<T>& out) const {
  const HeadPlan<T> heads = plan(in, run.pass);
  cache.normalisers.resize({in.content.queries.tokens(), 1});
  out.resize({in.content.queries.tokens(), in.content.value.cols});
  heads.for_each_head([&](HeadAt at) {
    const TwoStreamTerms<T> terms(heads, in, scale(in), at);
    attend<T>(heads.attention(at, terms.all), heads.of_queries(MatrixSpan<T>(out), at),
              heads.normalisers(cache.normalisers, at), run.workspace);
  });
}

template <class T>
void TwoStreamAttention<T>::backward(const Run<T>& run, const TwoStreamInputs<T>& in, const Cache& cache,
                                     const Matrix<T>& out, const Matrix<T>& dout,
                                     const TwoStreamGradients<T>& din) const {
  const HeadPlan<T> heads = plan(in, run.pass);
  require_size(cache.normalisers.shape(0), in.content.queries.tokens(), name_, "the cache's number of tokens",
               "is it from another forward pass?");
  heads.for_each_head([&](HeadAt at) {
    const TwoStreamTerms<T> terms(heads, in, scale(in), at, din);
    attend_backward<T>(heads.attention(at, terms.all), heads.of_queries(MatrixSpan<const T>(out), at),
                       heads.of_queries(MatrixSpan<const T>(dout), at), heads.normalisers(cache.normalisers, at),
                       heads.of_keys(din.content.value, at), run.workspace);
  });
}

template <class T>
Matrix<T> TwoStreamAttention<T>::weights(const TwoStreamInputs<T>& in, const Cache& cache, std::size_t sequence) const {
  const HeadAt at{sequence, 0};
  const HeadPlan<T> heads = plan(in, {});
  const TwoStreamTerms<T> terms(heads, in, scale(in), at);
  Matrix<T> result;
  result.resize({in.content.queries.length(sequence), in.content.keys.length(sequence)});
  Workspace<T> workspace;
  attention_weights<T>(heads.attention(at, terms.all), heads.normalisers(cache.normalisers, at), result, workspace);
  return result;
}

template class TwoStreamAttention<float>;
template class TwoStreamAttention<double>;

}  // namespace infodiet::engine
