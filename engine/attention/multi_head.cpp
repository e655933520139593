#include "engine/attention/multi_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/attention/dot_product.hpp"
#include "engine/attention/head_plan.hpp"
#include "engine/errors.hpp"
#include "engine/matrix_ops.hpp"

namespace infodiet::engine {

namespace {

// Gradients to which heads add in backward; empty in forward.
template <class T>
struct TermGradients {
  AttentionInputGradients<T> in = {};
  Matrix<T>* relative = nullptr;
  Matrix<T>* spans = nullptr;
  Matrix<T>* intervals = nullptr;
};

// The terms of one head's scores over one sequence. Must not move: pointers to them are handed out.
template <class T>
struct HeadTerms {
  // The transposed keys are written to `transposed`, which must outlive the terms.
  HeadTerms(const MultiHeadOptions& options, const HeadPlan<T>& plan, const typename MultiHead<T>::Cache& cache,
            HeadAt at, Matrix<T>& transposed, const TermGradients<T>& gradients = {})
      : content(plan.of_queries(plan.in.query, at), plan.of_keys(plan.in.key, at), scale(options, plan.in),
                plan.of_queries(gradients.in.query, at), plan.of_keys(gradients.in.key, at)) {
    if (plan.in.queries.length(at.sequence) >= worth_transposing) {
      transpose<T>(plan.of_keys(plan.in.key, at), transposed);
      content.use_transposed_keys(transposed);
    }
    add(content);
    if (options.relative.count > 0) add(relative.emplace(cache.relative, at.head, gradients.relative, plan.in.before));
    if (options.longest_span > 0) add(spans.emplace(cache.spans, at.head, gradients.spans));
    if (options.intervals == Intervals::biased) {
      const typename IntervalBias<T>::Location location{at.sequence, at.head, plan.in.before};
      add(intervals.emplace(cache.intervals, plan.in.keys, location, gradients.intervals));
    }
  }
  HeadTerms(const HeadTerms&) = delete;
  HeadTerms& operator=(const HeadTerms&) = delete;

  static T scale(const MultiHeadOptions& options, const AttentionInputs<T>& in) {
    if (options.scale == ScoreScale::one) return T{1};
    const std::size_t width = in.query.cols / options.heads;
    return static_cast<T>(1 / std::sqrt(static_cast<double>(width)));
  }
  void add(const ScoreTerm<T>& term) { all[count++] = &term; }
  std::span<const ScoreTerm<T>* const> span() const { return {all.data(), count}; }

  DotProduct<T> content;
  std::optional<typename RelativeBias<T>::Term> relative;
  std::optional<typename AdaptiveSpan<T>::Term> spans;
  std::optional<typename IntervalBias<T>::Term> intervals;
  std::array<const ScoreTerm<T>*, 4> all{};
  std::size_t count = 0;
};

template <class T>
HeadPlan<T> plan_of(const MultiHeadOptions& options, const AttentionInputs<T>& in, const Dropout& dropout,
                    const Pass& pass) {
  return {.in = in,
          .dropout = dropout,
          .pass = pass,
          .heads = options.heads,
          .mask = options.mask,
          .weighting = options.weighting};
}

}  // namespace

template <class T>
MultiHead<T>::MultiHead(ParameterLayout& layout, const std::string& name, const MultiHeadOptions& options)
    : name_(name), options_(options), dropout_(layout, options.dropout) {
  if (options.relative.count > 0) {
    relative_.emplace(
        layout, name + ".relative",
        typename RelativeBias<T>::Options{.heads = options.heads, .buckets = options.relative, .mask = options.mask});
  }
  if (options.longest_span > 0) spans_.emplace(layout, name + ".span", options.heads, options.longest_span);
  if (options.intervals == Intervals::biased) intervals_.emplace(layout, name + ".interval", options.heads);
}

template <class T>
void MultiHead<T>::check(const AttentionInputs<T>& in) const {
  require_inputs(in, name_);
  require_size(in.key.cols, in.query.cols, name_, "the keys' width", "dot products need that of the queries");
  require_heads(name_, in.query.cols, options_.heads);
  require_heads(name_, in.value.cols, options_.heads);
}

template <class T>
void MultiHead<T>::forward(const Run<T>& run, const AttentionInputs<T>& in, Cache& cache, MatrixSpan<T> out) const {
  check(in);
  require_shape(out, {in.query.rows, in.value.cols}, name_, "the output", "one row per query, as wide as the values");
  if (relative_) relative_->forward(run.parameters, in.keys, cache.relative);
  if (spans_) spans_->forward(run.parameters, in.keys, cache.spans);
  if (intervals_) intervals_->forward(run.parameters, in.keys, cache.intervals);
  cache.normalisers.resize({in.queries.tokens(), options_.heads});
  const HeadPlan<T> plan = plan_of(options_, in, dropout_, run.pass);
  plan.for_each_head([&](HeadAt at) {
    auto transposed = run.workspace.take(0, 0);
    const HeadTerms<T> terms(options_, plan, cache, at, *transposed);
    attend<T>(plan.attention(at, terms.span()), plan.of_queries(out, at), plan.normalisers(cache.normalisers, at),
              run.workspace);
  });
}

template <class T>
void MultiHead<T>::backward(const Run<T>& run, const AttentionInputs<T>& in, const Cache& cache,
                            MatrixSpan<const T> out, MatrixSpan<const T> dout,
                            const AttentionInputGradients<T>& din) const {
  check(in);
  require_size(cache.normalisers.shape(0), in.queries.tokens(), name_, "the cache's number of tokens",
               "is it from another forward pass?");
  auto drelative = run.workspace.take(cache.relative.shape(0), cache.relative.shape(1));
  auto dintervals = run.workspace.take(cache.intervals.biases.shape(0), cache.intervals.biases.shape(1));
  auto dspans = run.workspace.take(cache.spans.shape(0), cache.spans.shape(1));
  clear<T>(*drelative);
  clear<T>(*dspans);
  clear<T>(*dintervals);
  const HeadPlan<T> plan = plan_of(options_, in, dropout_, run.pass);
  plan.for_each_head([&](HeadAt at) {
    auto transposed = run.workspace.take(0, 0);
    const HeadTerms<T> terms(options_, plan, cache, at, *transposed, {din, &*drelative, &*dspans, &*dintervals});
    attend_backward<T>(plan.attention(at, terms.span()), plan.of_queries(out, at), plan.of_queries(dout, at),
                       plan.normalisers(cache.normalisers, at), plan.of_keys(din.value, at), run.workspace);
  });
  if (relative_) relative_->backward(*drelative, run.required_gradients());
  if (spans_) spans_->backward(run.parameters, *dspans, run.required_gradients());
  if (intervals_) intervals_->backward(*dintervals, run.required_gradients());
}

template <class T>
Tensor<T, 3> MultiHead<T>::weights(const AttentionInputs<T>& in, const Cache& cache, std::size_t sequence) const {
  check(in);
  const std::size_t queries = in.queries.length(sequence);
  const std::size_t keys = in.keys.length(sequence);
  Tensor<T, 3> result;
  result.resize({options_.heads, queries, keys});
  Workspace<T> workspace;
  const HeadPlan<T> plan = plan_of(options_, in, dropout_, {});
  for (HeadAt at{sequence, 0}; at.head < options_.heads; ++at.head) {
    auto transposed = workspace.take(0, 0);
    const HeadTerms<T> terms(options_, plan, cache, at, *transposed);
    attention_weights<T>(plan.attention(at, terms.span()), plan.normalisers(cache.normalisers, at),
                         {result.data() + at.head * queries * keys, queries, keys}, workspace);
  }
  return result;
}

void require_heads(const std::string& name, std::size_t width, std::size_t heads) {
  if (heads > 0 && width % heads == 0) return;
  throw ShapeError(fmt::format("{}: width {} cannot be cut into {} heads: the number of heads must divide the width",
                               name, width, heads));
}

template class MultiHead<float>;
template class MultiHead<double>;

}  // namespace infodiet::engine
