#include "engine/layers/attend.hpp"

#include <algorithm>

#include "engine/gemm.hpp"
#include "engine/kernels/kernels.hpp"

namespace infodiet::engine {

namespace {

// Queries a tile: large enough for efficient products, small enough that a causal tile wastes little above the diagonal
// and that a tile of scores stays in the second-level cache.
constexpr std::size_t tile_rows = 64;

struct Tile {
  std::size_t begin;  // first query
  std::size_t rows;   // queries
  std::size_t keys;   // keys that any of its queries may attend to
};

template <class T>
Tile tile_at(const AttentionHead<T>& head, std::size_t begin) {
  const std::size_t rows = std::min(tile_rows, head.query.rows - begin);
  return {begin, rows, head.mask == Mask::causal ? begin + rows : head.key.rows};
}

template <class T>
std::size_t keys_of_query(const AttentionHead<T>& head, std::size_t query) {
  return head.mask == Mask::causal ? query + 1 : head.key.rows;
}

// scores (rows, keys) = query key^T of one tile, unscaled
template <class T>
void tile_scores(const AttentionHead<T>& head, const Tile& tile, MatrixSpan<T> scores) {
  gemm<T>(plain<T>(head.query.rows_from(tile.begin, tile.rows)), transposed<T>(head.key.rows_from(0, tile.keys)),
          scores);
}

template <class T>
void drop_weights(const AttentionHead<T>& head, std::size_t query, const T* from, T* to, std::size_t keys) {
  const std::uint32_t row = head.dropout_rows.first + static_cast<std::uint32_t>(query) * head.dropout_rows.step;
  head.dropout.apply(head.pass, {.first = row}, from, to, 1, keys);
}

}  // namespace

template <class T>
void attend(const AttentionHead<T>& head, MatrixSpan<T> out, T* log_sums, std::size_t log_sum_stride,
            Workspace<T>& workspace) {
  const kernels::Table<T>& kernel = kernels::best<T>();
  for (std::size_t begin = 0; begin < head.query.rows; begin += tile_rows) {
    const Tile tile = tile_at(head, begin);
    auto weights = workspace.take(tile.rows, tile.keys);
    tile_scores<T>(head, tile, *weights);
    for (std::size_t r = 0; r < tile.rows; ++r) {
      const std::size_t query = begin + r;
      const std::size_t keys = keys_of_query(head, query);
      T* row = weights->data() + r * tile.keys;
      log_sums[query * log_sum_stride] = kernel.softmax(row, keys, head.scale);
      std::fill(row + keys, row + tile.keys, T{0});
      if (head.dropout.active(head.pass)) drop_weights(head, query, row, row, keys);
    }
    gemm<T>(plain<T>(*weights), plain<T>(head.value.rows_from(0, tile.keys)), out.rows_from(begin, tile.rows));
  }
}

template <class T>
void attend_backward(const AttentionHead<T>& head, MatrixSpan<const T> dout, const T* log_sums,
                     std::size_t log_sum_stride, const AttentionHeadGradients<T>& gradients, Workspace<T>& workspace) {
  const kernels::Table<T>& kernel = kernels::best<T>();
  for (const MatrixSpan<T>& sum : {gradients.key, gradients.value}) {
    for (std::size_t r = 0; r < sum.rows; ++r) std::fill_n(sum.row(r), sum.cols, T{0});
  }
  const bool dropping = head.dropout.active(head.pass);
  for (std::size_t begin = 0; begin < head.query.rows; begin += tile_rows) {
    const Tile tile = tile_at(head, begin);
    const MatrixSpan<const T> tile_dout = dout.rows_from(begin, tile.rows);
    auto weights = workspace.take(tile.rows, tile.keys);
    auto dropped = workspace.take(dropping ? tile.rows : 0, dropping ? tile.keys : 0);
    auto dscores = workspace.take(tile.rows, tile.keys);
    tile_scores<T>(head, tile, *weights);
    for (std::size_t r = 0; r < tile.rows; ++r) {
      const std::size_t keys = keys_of_query(head, begin + r);
      T* row = weights->data() + r * tile.keys;
      kernel.softmax_from_log_sum(row, keys, head.scale, log_sums[(begin + r) * log_sum_stride]);
      std::fill(row + keys, row + tile.keys, T{0});
      if (dropping) {
        T* dropped_row = dropped->data() + r * tile.keys;
        drop_weights(head, begin + r, row, dropped_row, keys);
        std::fill(dropped_row + keys, dropped_row + tile.keys, T{0});
      }
    }
    // forward: out = dropped value
    gemm<T>(plain<T>(tile_dout), transposed<T>(head.value.rows_from(0, tile.keys)), *dscores);
    gemm<T>(transposed<T>(dropping ? *dropped : *weights), plain<T>(tile_dout), gradients.value.rows_from(0, tile.keys),
            {.alpha = 1, .beta = 1});
    // forward: dropped = dropout(weights); weights = softmax(scale scores)
    for (std::size_t r = 0; r < tile.rows; ++r) {
      const std::size_t keys = keys_of_query(head, begin + r);
      T* row = dscores->data() + r * tile.keys;
      if (dropping) drop_weights(head, begin + r, row, row, keys);
      kernel.softmax_backward(weights->data() + r * tile.keys, row, keys, head.scale);
      std::fill(row + keys, row + tile.keys, T{0});
    }
    // forward: scores = query key^T
    gemm<T>(plain<T>(*dscores), plain<T>(head.key.rows_from(0, tile.keys)),
            gradients.query.rows_from(begin, tile.rows));
    gemm<T>(transposed<T>(*dscores), plain<T>(head.query.rows_from(begin, tile.rows)),
            gradients.key.rows_from(0, tile.keys), {.alpha = 1, .beta = 1});
  }
}

template <class T>
void attention_weights(const AttentionHead<T>& head, MatrixSpan<T> weights) {
  gemm<T>(plain<T>(head.query), transposed<T>(head.key), weights);
  for (std::size_t query = 0; query < weights.rows; ++query) {
    const std::size_t keys = keys_of_query(head, query);
    kernels::best<T>().softmax(weights.row(query), keys, head.scale);
    std::fill(weights.row(query) + keys, weights.row(query) + weights.cols, T{0});
  }
}

#define INFODIET_INSTANTIATE(T)                                                                      \
  template void attend(const AttentionHead<T>&, MatrixSpan<T>, T*, std::size_t, Workspace<T>&);      \
  template void attend_backward(const AttentionHead<T>&, MatrixSpan<const T>, const T*, std::size_t, \
                                const AttentionHeadGradients<T>&, Workspace<T>&);                    \
  template void attention_weights(const AttentionHead<T>&, MatrixSpan<T>);
INFODIET_INSTANTIATE(float)
INFODIET_INSTANTIATE(double)
#undef INFODIET_INSTANTIATE

}  // namespace infodiet::engine
