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

// Where the biases' gradients are summed while heads run backward; null to run forward only.
template <class T>
struct BiasGradients {
  Matrix<T>* relative = nullptr;
  Matrix<T>* intervals = nullptr;
};

// The terms of one head's scores over one sequence. Not to be moved: they are handed out by address.
template <class T>
struct Terms {
  // `turned` takes the keys transposed and must outlive the terms.
  Terms(const MultiHeadOptions& options, const HeadPlan<T>& plan, const typename MultiHead<T>::Cache& cache,
        std::size_t sequence, std::size_t head, Matrix<T>& turned, const AttentionInputGradients<T>& din = {},
        const BiasGradients<T>& dbias = {})
      : content(plan.of_queries(plan.in.query, sequence, head), plan.of_keys(plan.in.key, sequence, head),
                scale(options, plan.in), plan.of_queries(din.query, sequence, head),
                plan.of_keys(din.key, sequence, head)) {
    if (plan.in.queries.length(sequence) >= worth_transposing) {
      transpose<T>(plan.of_keys(plan.in.key, sequence, head), turned);
      content.use_transposed_keys(turned);
    }
    add(content);
    if (options.relative.count > 0) add(relative.emplace(cache.relative, head, dbias.relative));
    if (options.intervals == Intervals::biased) {
      add(intervals.emplace(cache.intervals, plan.in.keys, sequence, head, dbias.intervals));
    }
  }
  Terms(const Terms&) = delete;
  Terms& operator=(const Terms&) = delete;

  static T scale(const MultiHeadOptions& options, const AttentionInputs<T>& in) {
    if (options.scale == ScoreScale::one) return T{1};
    return static_cast<T>(1 / std::sqrt(static_cast<double>(in.query.cols / options.heads)));
  }
  void add(const ScoreTerm<T>& term) { all[count++] = &term; }
  std::span<const ScoreTerm<T>* const> span() const { return {all.data(), count}; }

  DotProduct<T> content;
  std::optional<typename RelativeBias<T>::Term> relative;
  std::optional<typename IntervalBias<T>::Term> intervals;
  std::array<const ScoreTerm<T>*, 3> all{};
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
void MultiHead<T>::forward(const Parameters<T>& parameters, const AttentionInputs<T>& in, const Pass& pass,
                           Cache& cache, Workspace<T>& workspace, MatrixSpan<T> out) const {
  check(in);
  require_shape(out.rows, out.cols, in.query.rows, in.value.cols, name_, "the output", "a row a query, values' width");
  if (relative_) relative_->forward(parameters, in.keys, cache.relative);
  if (intervals_) intervals_->forward(parameters, in.keys, cache.intervals);
  cache.normalisers.resize({in.queries.tokens(), options_.heads});
  const HeadPlan<T> plan = plan_of(options_, in, dropout_, pass);
  plan.for_each_head([&](std::size_t sequence, std::size_t head) {
    auto turned = workspace.take(0, 0);
    const Terms<T> terms(options_, plan, cache, sequence, head, *turned);
    attend<T>(plan.attention(sequence, head, terms.span()), plan.of_queries(out, sequence, head),
              plan.normalisers(cache.normalisers, sequence, head), workspace);
  });
}

template <class T>
void MultiHead<T>::backward(const AttentionInputs<T>& in, const Pass& pass, const Cache& cache, MatrixSpan<const T> out,
                            MatrixSpan<const T> dout, const AttentionInputGradients<T>& din, Workspace<T>& workspace,
                            Parameters<T>& gradients) const {
  check(in);
  require_size(cache.normalisers.shape(0), in.queries.tokens(), name_, "the cache's number of tokens",
               "is it from another forward pass?");
  auto drelative = workspace.take(cache.relative.shape(0), cache.relative.shape(1));
  auto dintervals = workspace.take(cache.intervals.biases.shape(0), cache.intervals.biases.shape(1));
  std::fill(drelative->begin(), drelative->end(), T{0});
  std::fill(dintervals->begin(), dintervals->end(), T{0});
  const BiasGradients<T> dbias{&*drelative, &*dintervals};
  const HeadPlan<T> plan = plan_of(options_, in, dropout_, pass);
  plan.for_each_head([&](std::size_t sequence, std::size_t head) {
    auto turned = workspace.take(0, 0);
    const Terms<T> terms(options_, plan, cache, sequence, head, *turned, din, dbias);
    attend_backward<T>(plan.attention(sequence, head, terms.span()), plan.of_queries(out, sequence, head),
                       plan.of_queries(dout, sequence, head), plan.normalisers(cache.normalisers, sequence, head),
                       plan.of_keys(din.value, sequence, head), workspace);
  });
  if (relative_) relative_->backward(*drelative, gradients);
  if (intervals_) intervals_->backward(*dintervals, gradients);
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
  for (std::size_t head = 0; head < options_.heads; ++head) {
    auto turned = workspace.take(0, 0);
    const Terms<T> terms(options_, plan, cache, sequence, head, *turned);
    attention_weights<T>(plan.attention(sequence, head, terms.span()),
                         plan.normalisers(cache.normalisers, sequence, head),
                         {result.data() + head * queries * keys, queries, keys}, workspace);
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
