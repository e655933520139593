#include "engine/attention/two_stream.hpp"

#include <array>
#include <cmath>

#include "engine/attention/dot_product.hpp"
#include "engine/attention/head_plan.hpp"

namespace infodiet::engine {

namespace {

// The two terms of one sequence's scores. Not to be moved: they are handed out by address.
template <class T>
struct Terms {
  Terms(const HeadPlan<T>& plan, const SecondStream<T>& second, T scale, std::size_t sequence,
        const AttentionInputGradients<T>& din = {}, const SecondStreamGradients<T>& dsecond = {})
      : content(plan.of_queries(plan.in.query, sequence, 0), plan.of_keys(plan.in.key, sequence, 0), scale,
                plan.of_queries(din.query, sequence, 0), plan.of_keys(din.key, sequence, 0)),
        beside(plan.of_queries(second.query, sequence, 0), plan.of_keys(second.key, sequence, 0), scale,
               plan.of_queries(dsecond.query, sequence, 0), plan.of_keys(dsecond.key, sequence, 0)) {}
  Terms(const Terms&) = delete;
  Terms& operator=(const Terms&) = delete;

  DotProduct<T> content;
  DotProduct<T> beside;
  std::array<const ScoreTerm<T>*, 2> all{&content, &beside};
};

}  // namespace

template <class T>
TwoStreamAttention<T>::TwoStreamAttention(ParameterLayout& layout, const std::string& name, const Options& options)
    : name_(name), options_(options), dropout_(layout, options.dropout) {}

template <class T>
void TwoStreamAttention<T>::check(const AttentionInputs<T>& in, const SecondStream<T>& second) const {
  constexpr auto cause = "the second stream has a row for each row of the first";
  require_inputs(in, name_);
  require_size(second.query.rows, in.query.rows, name_, "the second stream's number of queries", cause);
  require_size(second.key.rows, in.key.rows, name_, "the second stream's number of keys", cause);
}

template <class T>
T TwoStreamAttention<T>::scale(const AttentionInputs<T>& in, const SecondStream<T>& second) const {
  if (options_.scale == ScoreScale::one) return T{1};
  return static_cast<T>(1 / std::sqrt(static_cast<double>(in.query.cols + second.query.cols)));
}

template <class T>
void TwoStreamAttention<T>::forward(const AttentionInputs<T>& in, const SecondStream<T>& second, const Pass& pass,
                                    Cache& cache, Workspace<T>& workspace, Matrix<T>& out) const {
  check(in, second);
  cache.normalisers.resize({in.queries.tokens(), 1});
  out.resize({in.queries.tokens(), in.value.cols});
  const HeadPlan<T> plan{.in = in, .dropout = dropout_, .pass = pass, .mask = options_.mask};
  plan.for_each_head([&](std::size_t sequence, std::size_t head) {
    const Terms<T> terms(plan, second, scale(in, second), sequence);
    attend<T>(plan.attention(sequence, head, terms.all), plan.of_queries(MatrixSpan<T>(out), sequence, head),
              plan.normalisers(cache.normalisers, sequence, head), workspace);
  });
}

template <class T>
void TwoStreamAttention<T>::backward(const AttentionInputs<T>& in, const SecondStream<T>& second, const Pass& pass,
                                     const Cache& cache, const Matrix<T>& out, const Matrix<T>& dout,
                                     const AttentionInputGradients<T>& din, const SecondStreamGradients<T>& dsecond,
                                     Workspace<T>& workspace) const {
  check(in, second);
  require_size(cache.normalisers.shape(0), in.queries.tokens(), name_, "the cache's number of tokens",
               "is it from another forward pass?");
  const HeadPlan<T> plan{.in = in, .dropout = dropout_, .pass = pass, .mask = options_.mask};
  plan.for_each_head([&](std::size_t sequence, std::size_t head) {
    const Terms<T> terms(plan, second, scale(in, second), sequence, din, dsecond);
    attend_backward<T>(
        plan.attention(sequence, head, terms.all), plan.of_queries(MatrixSpan<const T>(out), sequence, head),
        plan.of_queries(MatrixSpan<const T>(dout), sequence, head), plan.normalisers(cache.normalisers, sequence, head),
        plan.of_keys(din.value, sequence, head), workspace);
  });
}

template <class T>
Matrix<T> TwoStreamAttention<T>::weights(const AttentionInputs<T>& in, const SecondStream<T>& second,
                                         const Cache& cache, std::size_t sequence) const {
  check(in, second);
  const HeadPlan<T> plan{.in = in, .dropout = dropout_, .mask = options_.mask};
  const Terms<T> terms(plan, second, scale(in, second), sequence);
  Matrix<T> result;
  result.resize({in.queries.length(sequence), in.keys.length(sequence)});
  Workspace<T> workspace;
  attention_weights<T>(plan.attention(sequence, 0, terms.all), plan.normalisers(cache.normalisers, sequence, 0), result,
                       workspace);
  return result;
}

template class TwoStreamAttention<float>;
template class TwoStreamAttention<double>;

}  // namespace infodiet::engine
