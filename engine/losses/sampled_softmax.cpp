#include "engine/losses/sampled_softmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/gemm.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/losses/checks.hpp"
#include "engine/losses/tiles.hpp"
#include "engine/losses/token_weights.hpp"
#include "engine/matrix_ops.hpp"

namespace infodiet::engine {

namespace {

constexpr auto sampled_loss = "sampled softmax";
constexpr std::size_t negative_parts = 8;

}  // namespace

template <class T>
void SampledSoftmax<T>::begin(const Batch& batch, std::size_t tokens) {
  const std::size_t drawn = batch.negatives.size();
  gather_rows<T>(batch.table, batch.negatives, T{1}, negative_vectors_);
  dnegative_vectors_.resize({drawn, batch.table.cols});
  clear<T>(dnegative_vectors_);
  dtarget_vectors_.resize({tokens, batch.table.cols});
  corrections_.resize(drawn);
  for (std::size_t n = 0; n < drawn; ++n) {
    corrections_[n] = static_cast<T>(-std::log(static_cast<double>(drawn)) - batch.log_q[n]);
  }
  losses_.assign(tokens, 0.0);
}

template <class T>
void SampledSoftmax<T>::hidden_gradient(const Batch& batch, std::size_t first, MatrixSpan<const T> hidden,
                                        MatrixSpan<T> logits, MatrixSpan<T> dhidden) {
  const kernels::Table<T>& kernel = kernels::best<T>();
  const std::size_t drawn = batch.negatives.size();
  const MatrixSpan<T> negative_logits = logits.cols_from(1, drawn);
  const TokenWeights<T> weights(sampled_loss, batch.weights, batch.targets.size(), batch.total);
  gemm<T>(plain<T>(hidden), transposed<T>(negative_vectors_), negative_logits);
  for (std::size_t r = 0; r < hidden.rows; ++r) {
    const std::uint32_t target = batch.targets[first + r];
    T* row = logits.row(r);
    kernel.add(row + 1, corrections_.data(), drawn);
    for (std::size_t n = 0; n < drawn; ++n) {
      if (batch.negatives[n] == target) row[1 + n] = -std::numeric_limits<T>::infinity();
    }
    row[0] = kernel.dot(hidden.row(r), batch.table.row(target), hidden.cols);
    T loss = kernel.cross_entropy(row, 1 + drawn, 0, weights.share(first + r));
    if (weights.is_unwanted(first + r)) loss = make_unwanted(row, 1 + drawn, loss);
    losses_[first + r] = static_cast<double>(loss);
    // forward: logit of the target = hidden . target vector
    T* dtarget = &dtarget_vectors_(first + r, 0);
    std::fill_n(dtarget, hidden.cols, T{0});
    kernel.add_scaled(dtarget, row[0], hidden.row(r), hidden.cols);
  }
  // forward: logits of the negatives = hidden negatives^T
  gemm<T>(plain<T>(negative_logits), plain<T>(negative_vectors_), dhidden);
  for (std::size_t r = 0; r < hidden.rows; ++r) {
    kernel.add_scaled(dhidden.row(r), *logits.row(r), batch.table.row(batch.targets[first + r]), hidden.cols);
  }
}

template <class T>
void SampledSoftmax<T>::exchange(MatrixSpan<T> negatives, std::size_t first, MatrixSpan<T> dhidden) {
  const std::size_t count = negatives.rows;
  const Bounds own_tokens = bounds_of(*processes_, count);
  gather_rows_everywhere(*processes_, Traffic::activations, dhidden, own_tokens);
  gather_rows_everywhere(*processes_, Traffic::activations, MatrixSpan<T>(dtarget_vectors_).rows_from(first, count),
                         own_tokens);
  gather_everywhere(*processes_, Traffic::activations, std::span(losses_).subspan(first, count), own_tokens);
  exchange_columns(*processes_, Traffic::logits, negatives, own_tokens, bounds_of(*processes_, negatives.cols),
                   packed_);
}

template <class T>
double SampledSoftmax<T>::forward_backward(ThreadPool& pool, MatrixSpan<const T> hidden, const Batch& batch,
                                           MatrixSpan<T> dhidden, MatrixSpan<T> dtable) {
  require_loss_arguments(sampled_loss, hidden, batch.table, batch.targets, dhidden, dtable);
  require_items(batch.negatives, batch.table.rows, sampled_loss, "negative");
  require_size(batch.log_q.size(), batch.negatives.size(), sampled_loss, "the number of log probabilities",
               "one for each negative");
  const std::size_t tokens = hidden.rows;
  if (tokens == 0) return 0;
  begin(batch, tokens);
  const std::size_t drawn = batch.negatives.size();
  const std::size_t columns = 1 + drawn;
  const std::size_t tile_tokens = tokens_of_tile<T>(tokens, columns);
  tile_.resize(tile_tokens * columns);
  const Share share = processes_->share();
  for (std::size_t begin = 0; begin < tokens; begin += tile_tokens) {
    if (stop_ && stop_()) return 0;
    const std::size_t count = std::min(tile_tokens, tokens - begin);
    const MatrixSpan<T> tile(tile_.data(), count, columns);
    run_share(pool, share, token_parts, [&](std::size_t part, std::size_t) {
      const Range range = part_of(count, token_parts, part);
      const std::size_t first = begin + range.begin;
      const std::size_t rows = range.end - range.begin;
      hidden_gradient(batch, first, hidden.rows_from(first, rows), tile.rows_from(range.begin, rows),
                      dhidden.rows_from(first, rows));
    });
    if (!processes_->is_alone()) exchange(tile.cols_from(1, drawn), begin, dhidden.rows_from(begin, count));
    run_share(pool, share, negative_parts, [&](std::size_t part, std::size_t) {
      const Range range = part_of(drawn, negative_parts, part);
      const std::size_t size = range.end - range.begin;
      gemm<T>(transposed<T>(tile.cols_from(1 + range.begin, size)), plain<T>(hidden.rows_from(begin, count)),
              MatrixSpan<T>(dnegative_vectors_).rows_from(range.begin, size), {.alpha = 1, .beta = 1});
    });
  }
  if (!processes_->is_alone()) {
    gather_rows_everywhere(*processes_, Traffic::activations, MatrixSpan<T>(dnegative_vectors_),
                           bounds_of(*processes_, drawn));
  }
  scatter_add_rows<T>(pool, dnegative_vectors_, batch.negatives, T{1}, dtable, batch.own);
  scatter_add_rows<T>(pool, dtarget_vectors_, batch.targets, T{1}, dtable, batch.own);
  return TokenWeights<T>(sampled_loss, batch.weights, tokens, batch.total).mean(losses_);
}

template class SampledSoftmax<float>;
template class SampledSoftmax<double>;

}  // namespace infodiet::engine
