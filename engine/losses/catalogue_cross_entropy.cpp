#include "engine/losses/catalogue_cross_entropy.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/gemm.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/losses/checks.hpp"
#include "engine/losses/tiles.hpp"

namespace infodiet::engine {

namespace {

constexpr auto catalogue_loss = "catalogue cross-entropy";
constexpr std::size_t eighths = 8;

}  // namespace

template <class T>
Range CatalogueCrossEntropy<T>::rows_of(std::size_t eighth) const {
  const Range all = part_of(items_, eighths, eighth);
  const std::size_t first = processes_->share().of_size(items_).begin;
  return {all.begin - first, all.end - first};
}

// Of an eighth's logits, stored as a matrix of its own.
template <class T>
MatrixSpan<T> CatalogueCrossEntropy<T>::logits_of(std::size_t eighth, std::size_t tokens) {
  const Range rows = rows_of(eighth);
  return {tile_.data() + tokens * rows.begin, tokens, rows.end - rows.begin};
}

template <class T>
void CatalogueCrossEntropy<T>::score(const Tile& tile, std::size_t eighth) {
  const MatrixSpan<T> logits = logits_of(eighth, tile.hidden.rows);
  const std::size_t first = part_of(items_, eighths, eighth).begin;
  gemm<T>(plain<T>(tile.hidden), transposed<T>(tile.table.rows_from(rows_of(eighth).begin, logits.cols)), logits);
  for (std::size_t r = 0; r < logits.rows; ++r) {
    Summary& summary = summaries_[eighth * logits.rows + r];
    summary = {.largest = -std::numeric_limits<T>::infinity(), .total = 0, .target = 0};
    const std::size_t target = tile.targets[r];
    if (target >= first && target < first + logits.cols) summary.target = logits.row(r)[target - first];
    kernels::best<T>().softmax_tile(logits.row(r), logits.cols, &summary.largest, &summary.total);
  }
}

template <class T>
void CatalogueCrossEntropy<T>::combine(const Tile& tile, const TokenWeights<T>& weights, std::size_t r) {
  const std::size_t tokens = tile.hidden.rows;
  const std::size_t token = tile.first + r;
  T largest = -std::numeric_limits<T>::infinity();
  for (std::size_t e = 0; e < eighths; ++e) largest = std::max(largest, summaries_[e * tokens + r].largest);
  double total = 0;
  double target = 0;
  for (std::size_t e = 0; e < eighths; ++e) {
    const Summary& summary = summaries_[e * tokens + r];
    total += static_cast<double>(summary.total) * std::exp(static_cast<double>(summary.largest - largest));
    target += static_cast<double>(summary.target);
  }
  double scale = static_cast<double>(weights.share(token));
  losses_[token] = std::log(total) - (target - static_cast<double>(largest));
  if (weights.is_unwanted(token)) {
    const Unlikelihood<double> unwanted = unlikelihood(losses_[token]);
    scale *= unwanted.factor;
    losses_[token] = unwanted.loss;
  }
  target_scales_[r] = static_cast<T>(scale);
  for (std::size_t e = 0; e < eighths; ++e) {
    const double shift = std::exp(static_cast<double>(summaries_[e * tokens + r].largest - largest));
    factors_[e * tokens + r] = static_cast<T>(scale * shift / total);
  }
}

template <class T>
void CatalogueCrossEntropy<T>::gradient(const Tile& tile, std::size_t eighth) {
  const MatrixSpan<T> logits = logits_of(eighth, tile.hidden.rows);
  const std::size_t first = part_of(items_, eighths, eighth).begin;
  for (std::size_t r = 0; r < logits.rows; ++r) {
    kernels::best<T>().multiply(logits.row(r), factors_[eighth * logits.rows + r], logits.cols);
    const std::size_t target = tile.targets[r];
    if (target >= first && target < first + logits.cols) logits.row(r)[target - first] -= target_scales_[r];
  }
  // forward: logits = hidden table^T
  const Range rows = rows_of(eighth);
  const MatrixSpan<T> dhidden(leaves_[eighth - sum_->own_leaves().begin], dhidden_rows_, tile.hidden.cols);
  gemm<T>(plain<T>(logits), plain<T>(tile.table.rows_from(rows.begin, logits.cols)),
          dhidden.rows_from(processes_->is_alone() ? 0 : tile.first, logits.rows));
  gemm<T>(transposed<T>(logits), plain<T>(tile.hidden), tile.dtable.rows_from(rows.begin, logits.cols),
          {.alpha = 1, .beta = 1});
}

template <class T>
void CatalogueCrossEntropy<T>::start(std::size_t tokens, std::size_t tile_tokens, MatrixSpan<const T> table) {
  const Range own = sum_->own_leaves();
  // Alone each tile is summed before the next; several processes exchange their parts once.
  dhidden_rows_ = processes_->is_alone() ? tile_tokens : tokens;
  const std::size_t size = dhidden_rows_ * table.cols;
  partial_.resize((own.end - own.begin) * size);
  leaves_.clear();
  for (std::size_t leaf = 0; leaf < own.end - own.begin; ++leaf) leaves_.push_back(partial_.data() + leaf * size);
  tile_.resize(tile_tokens * table.rows);
  summaries_.resize(eighths * tile_tokens);
  factors_.resize(eighths * tile_tokens);
  target_scales_.resize(tile_tokens);
  losses_.assign(tokens, 0.0);
}

// Writes the sum over the eighths: of the tokens given, or in a job of those that this process wants.
template <class T>
void CatalogueCrossEntropy<T>::finish(ThreadPool& pool, MatrixSpan<T> dhidden) {
  bounds_.assign({0});
  if (processes_->is_alone()) {
    bounds_.push_back(dhidden.rows * dhidden.cols);
  } else {
    for (std::size_t p = 1; p < wanted_.size(); ++p) bounds_.push_back((wanted_[p] - wanted_.front()) * dhidden.cols);
  }
  const T* from = sum_->add_up(pool, Traffic::activations, leaves_, bounds_);
  const std::size_t me = processes_->rank();
  for (std::size_t row = bounds_[me] / dhidden.cols; row < bounds_[me + 1] / dhidden.cols;
       ++row, from += dhidden.cols) {
    std::copy_n(from, dhidden.cols, dhidden.row(row));
  }
}

template <class T>
double CatalogueCrossEntropy<T>::forward_backward(ThreadPool& pool, MatrixSpan<const T> hidden,
                                                  MatrixSpan<const T> table, std::span<const std::uint32_t> targets,
                                                  MatrixSpan<T> dhidden, MatrixSpan<T> dtable) {
  const std::size_t tokens = hidden.rows;
  if (processes_->is_alone()) items_ = table.rows;
  require_loss_shapes(catalogue_loss, hidden, table, targets, dhidden, dtable);
  require_items(targets, items_, catalogue_loss, "target");
  if (tokens == 0) return 0;

  const std::size_t tile_tokens = tokens_of_tile<T>(tokens, items_);
  start(tokens, tile_tokens, table);
  const TokenWeights<T> weights(catalogue_loss, weights_, tokens, total_);
  const Share share = processes_->share();
  for (std::size_t begin = 0; begin < tokens; begin += tile_tokens) {
    if (stop_ && stop_()) return 0;
    const std::size_t count = std::min(tile_tokens, tokens - begin);
    const Tile tile{.first = begin,
                    .hidden = hidden.rows_from(begin, count),
                    .table = table,
                    .targets = targets.subspan(begin, count),
                    .dtable = dtable};
    run_share(pool, share, eighths, [&](std::size_t eighth, std::size_t) { score(tile, eighth); });
    if (!processes_->is_alone()) {
      Bounds own = bounds_of(*processes_, eighths);
      for (std::size_t& bound : own) bound *= count;
      gather_everywhere(*processes_, Traffic::logits, std::span(summaries_).first(eighths * count), own);
    }
    pool.run(token_parts, [&](std::size_t part, std::size_t) {
      const Range range = part_of(count, token_parts, part);
      for (std::size_t r = range.begin; r < range.end; ++r) combine(tile, weights, r);
    });
    run_share(pool, share, eighths, [&](std::size_t eighth, std::size_t) { gradient(tile, eighth); });
    if (processes_->is_alone()) finish(pool, dhidden.rows_from(begin, count));
  }
  if (!processes_->is_alone()) finish(pool, dhidden);
  return weights.mean(losses_);
}

template class CatalogueCrossEntropy<float>;
template class CatalogueCrossEntropy<double>;

}  // namespace infodiet::engine
