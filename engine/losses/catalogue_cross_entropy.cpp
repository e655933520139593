#include "engine/losses/catalogue_cross_entropy.hpp"

#include <algorithm>

#include "engine/gemm.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/losses/checks.hpp"
#include "engine/losses/token_weights.hpp"

namespace infodiet::engine {

namespace {

// A tile of logits takes about this much memory, so that it is still in cache when its gradient is multiplied.
constexpr std::size_t tile_bytes = std::size_t{16} << 20;
constexpr std::size_t token_parts = 8;
constexpr std::size_t table_parts = 8;

}  // namespace

template <class T>
void CatalogueCrossEntropy<T>::exchange(MatrixSpan<T> tile, std::size_t first, MatrixSpan<T> dhidden) {
  const Bounds own_tokens = bounds_of(*processes_, tile.rows);
  gather_rows_everywhere(*processes_, Traffic::activations, dhidden, own_tokens);
  gather_everywhere(*processes_, Traffic::activations, std::span(losses_).subspan(first, tile.rows), own_tokens);
  exchange_columns(*processes_, Traffic::logits, tile, own_tokens, bounds_of(*processes_, tile.cols), packed_);
}

template <class T>
double CatalogueCrossEntropy<T>::forward_backward(ThreadPool& pool, MatrixSpan<const T> hidden,
                                                  MatrixSpan<const T> table, std::span<const std::uint32_t> targets,
                                                  MatrixSpan<T> dhidden, MatrixSpan<T> dtable) {
  constexpr auto where = "catalogue cross-entropy";
  const std::size_t tokens = hidden.rows;
  const std::size_t items = table.rows;
  require_loss_arguments(where, hidden, table, targets, dhidden, dtable);
  if (tokens == 0) return 0;

  const std::size_t tile_tokens = std::min(
      tokens, std::max<std::size_t>(token_parts, tile_bytes / (items * sizeof(T)) / token_parts * token_parts));
  tile_.resize(tile_tokens * items);
  losses_.assign(tokens, 0.0);
  const TokenWeights<T> weights(where, weights_, tokens, total_);
  const Share share = processes_->share();
  for (std::size_t begin = 0; begin < tokens; begin += tile_tokens) {
    if (stop_ && stop_()) return 0;
    const std::size_t count = std::min(tile_tokens, tokens - begin);
    const MatrixSpan<T> tile(tile_.data(), count, items);
    run_share(pool, share, token_parts, [&](std::size_t part, std::size_t) {
      const Range range = part_of(count, token_parts, part);
      const std::size_t first = begin + range.begin;
      const std::size_t rows = range.end - range.begin;
      const MatrixSpan<T> logits = tile.rows_from(range.begin, rows);
      gemm<T>(plain<T>(hidden.rows_from(first, rows)), transposed<T>(table), logits);
      for (std::size_t r = 0; r < rows; ++r) {
        T loss = kernels::best<T>().cross_entropy(logits.row(r), items, targets[first + r], weights.share(first + r));
        if (weights.is_unwanted(first + r)) loss = unlikelihood(logits.row(r), items, loss);
        losses_[first + r] = static_cast<double>(loss);
      }
      // forward: logits = hidden table^T
      gemm<T>(plain<T>(logits), plain<T>(table), dhidden.rows_from(first, rows));
    });
    if (!processes_->is_alone()) exchange(tile, begin, dhidden.rows_from(begin, count));
    run_share(pool, share, table_parts, [&](std::size_t part, std::size_t) {
      const Range range = part_of(items, table_parts, part);
      const std::size_t rows = range.end - range.begin;
      gemm<T>(transposed<T>(tile.cols_from(range.begin, rows)), plain<T>(hidden.rows_from(begin, count)),
              dtable.rows_from(range.begin, rows), {.alpha = 1, .beta = 1});
    });
  }
  return weights.mean(losses_);
}

template class CatalogueCrossEntropy<float>;
template class CatalogueCrossEntropy<double>;

}  // namespace infodiet::engine
