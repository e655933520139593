#include "engine/losses/sampled_softmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/gemm.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/layers/embedding.hpp"
#include "engine/losses/checks.hpp"

namespace infodiet::engine {

namespace {

constexpr auto where = "sampled softmax";
constexpr std::size_t tile_bytes = std::size_t{16} << 20;
constexpr std::size_t token_parts = 8;
constexpr std::size_t negative_parts = 8;

}  // namespace

template <class T>
double SampledSoftmax<T>::forward_backward(ThreadPool& pool, MatrixSpan<const T> hidden, MatrixSpan<const T> table,
                                           std::span<const std::uint32_t> targets, const SharedNegatives& negatives,
                                           MatrixSpan<T> dhidden, MatrixSpan<T> dtable) {
  require_loss_arguments(where, hidden, table, targets, dhidden, dtable);
  require_items(negatives.items, table.rows, where, "negative");
  require_size(negatives.log_q.size(), negatives.items.size(), where, "the number of log probabilities",
               "one for each negative");
  const std::size_t tokens = hidden.rows;
  const std::size_t drawn = negatives.items.size();
  const std::size_t width = hidden.cols;
  if (tokens == 0) return 0;

  const kernels::Table<T>& kernel = kernels::best<T>();
  gather_rows<T>(table, negatives.items, T{1}, negative_vectors_);
  dnegative_vectors_.resize({drawn, width});
  std::fill(dnegative_vectors_.begin(), dnegative_vectors_.end(), T{0});
  dtarget_vectors_.resize({tokens, width});
  corrections_.resize(drawn);
  for (std::size_t n = 0; n < drawn; ++n) {
    corrections_[n] = static_cast<T>(-std::log(static_cast<double>(drawn)) - negatives.log_q[n]);
  }
  const std::size_t columns = 1 + drawn;
  const std::size_t tile_tokens = std::min(
      tokens, std::max<std::size_t>(token_parts, tile_bytes / (columns * sizeof(T)) / token_parts * token_parts));
  tile_.resize(tile_tokens * columns);
  losses_.assign(tokens, 0.0);
  const T weight = T{1} / static_cast<T>(tokens);
  for (std::size_t begin = 0; begin < tokens; begin += tile_tokens) {
    const std::size_t count = std::min(tile_tokens, tokens - begin);
    const MatrixSpan<T> tile(tile_.data(), count, columns);
    pool.run(token_parts, [&](std::size_t part, std::size_t) {
      const Range range = part_of(count, token_parts, part);
      const std::size_t first = begin + range.begin;
      const std::size_t rows = range.end - range.begin;
      const MatrixSpan<T> logits = tile.rows_from(range.begin, rows);
      const MatrixSpan<T> negative_logits = logits.cols_from(1, drawn);
      gemm<T>(plain<T>(hidden.rows_from(first, rows)), transposed<T>(negative_vectors_), negative_logits);
      for (std::size_t r = 0; r < rows; ++r) {
        const std::size_t token = first + r;
        T* row = logits.row(r);
        kernel.add(row + 1, corrections_.data(), drawn);
        for (std::size_t n = 0; n < drawn; ++n) {
          if (negatives.items[n] == targets[token]) row[1 + n] = -std::numeric_limits<T>::infinity();
        }
        const T* target_vector = table.row(targets[token]);
        row[0] = kernel.dot(hidden.row(token), target_vector, width);
        losses_[token] = static_cast<double>(kernel.cross_entropy(row, columns, 0, weight));
        // forward: logit of the target = hidden . target vector
        T* dtarget = &dtarget_vectors_(token, 0);
        std::fill_n(dtarget, width, T{0});
        kernel.add_scaled(dtarget, row[0], hidden.row(token), width);
      }
      // forward: logits of the negatives = hidden negatives^T
      gemm<T>(plain<T>(negative_logits), plain<T>(negative_vectors_), dhidden.rows_from(first, rows));
      for (std::size_t r = 0; r < rows; ++r) {
        kernel.add_scaled(dhidden.row(first + r), *logits.row(r), table.row(targets[first + r]), width);
      }
    });
    pool.run(negative_parts, [&](std::size_t part, std::size_t) {
      const Range range = part_of(drawn, negative_parts, part);
      const std::size_t size = range.end - range.begin;
      gemm<T>(transposed<T>(tile.cols_from(1 + range.begin, size)), plain<T>(hidden.rows_from(begin, count)),
              MatrixSpan<T>(dnegative_vectors_).rows_from(range.begin, size), {.alpha = 1, .beta = 1});
    });
  }
  scatter_add_rows<T>(pool, dnegative_vectors_, negatives.items, T{1}, dtable);
  scatter_add_rows<T>(pool, dtarget_vectors_, targets, T{1}, dtable);
  return std::accumulate(losses_.begin(), losses_.end(), 0.0) / static_cast<double>(tokens);
}

template class SampledSoftmax<float>;
template class SampledSoftmax<double>;

}  // namespace infodiet::engine
