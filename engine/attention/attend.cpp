#include "engine/attention/attend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/attention/entmax.hpp"
#include "engine/errors.hpp"
#include "engine/gemm.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/matrix_ops.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

namespace {

constexpr auto where = "attention";

// Queries a tile: large enough for efficient products, small enough that a causal tile wastes little above the
// diagonal. Keys a tile: most sequences fit in one, and a tile of scores stays in the second-level cache.
constexpr std::size_t tile_queries = 32;
constexpr std::size_t tile_keys = 512;
static_assert(tile_keys % kernels::dropout_group == 0);

template <class T>
std::size_t keys_of_query(const Attention<T>& attention, std::size_t query) {
  return attention.mask == Mask::causal ? attention.before + query + 1 : attention.value.rows;
}

/// Keys of the tile that `mask` shows to its row r; they are the first ones.
template <class T>
std::size_t shown(const Attention<T>& attention, const ScoreTile& tile, std::size_t r) {
  const std::size_t keys = keys_of_query(attention, tile.query + r);
  return std::clamp(keys, tile.key, tile.key + tile.keys) - tile.key;
}

/// Calls f(tile) for every tile of keys that any of the queries from `query` on may attend to.
template <class T, class F>
void for_each_key_tile(const Attention<T>& attention, std::size_t query, std::size_t queries, F f) {
  const std::size_t keys = queries == 0 ? 0 : keys_of_query(attention, query + queries - 1);
  const std::size_t tile = attention.weighting == Weighting::entmax15 ? keys : tile_keys;
  for (std::size_t key = 0; key < keys; key += tile) {
    f(ScoreTile{query, queries, key, std::min(tile, keys - key)});
  }
}

template <class T, class F>
void for_each_query_tile(std::size_t queries, F f) {
  for (std::size_t query = 0; query < queries; query += tile_queries) f(query, std::min(tile_queries, queries - query));
}

template <class T>
void score(const Attention<T>& attention, const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>& workspace) {
  attention.terms.front()->set(tile, scores, workspace);
  for (const ScoreTerm<T>* term : attention.terms.subspan(1)) term->add(tile, scores, workspace);
}

/// Sets what `keep` hides in the tile to `hidden`.
template <class T>
void hide(const Attention<T>& attention, const ScoreTile& tile, MatrixSpan<T> scores, T hidden) {
  if (attention.keep.data == nullptr) return;
  for (std::size_t r = 0; r < tile.queries; ++r) {
    const std::uint8_t* keep = attention.keep.row(tile.query + r) + tile.key;
    T* row = scores.row(r);
    for (std::size_t c = 0; c < tile.keys; ++c) row[c] = keep[c] != 0 ? row[c] : hidden;
  }
}

template <class T>
kernels::DropoutOrigin dropout_origin(const Attention<T>& attention, const ScoreTile& tile) {
  kernels::DropoutOrigin origin = attention.dropout_origin;
  origin.first_row += static_cast<std::uint32_t>(tile.query) * origin.row_step;
  origin.first_col += static_cast<std::uint32_t>(tile.key);
  return origin;
}

template <class T>
bool dropping(const Attention<T>& attention) {
  return attention.dropout != nullptr && attention.dropout->active(attention.pass);
}

template <class T>
T silu_scale(const Attention<T>& attention, std::size_t query) {
  return T{1} / static_cast<T>(keys_of_query(attention, query));
}

/// Turns a tile's scores into weights, once the normaliser of the whole row is known. `weights` may be the scores,
/// except for pointwise_silu in backward, which needs both.
template <class T>
void weigh(const Attention<T>& attention, const ScoreTile& tile, Normalisers<const T> normalisers, MatrixSpan<T> scores,
           MatrixSpan<T> weights) {
  const kernels::Table<T>& kernel = kernels::best<T>();
  if (attention.weighting == Weighting::entmax15) {
    hide(attention, tile, scores, -std::numeric_limits<T>::infinity());
  }
  for (std::size_t r = 0; r < tile.queries; ++r) {
    const std::size_t query = tile.query + r;
    const std::size_t keys = shown(attention, tile, r);
    T* row = weights.row(r);
    switch (attention.weighting) {
      case Weighting::softmax:
        kernel.softmax_from_log_sum(row, keys, normalisers.data[query * normalisers.stride]);
        break;
      case Weighting::entmax15:
        entmax15(row, keys);
        break;
      case Weighting::pointwise_silu:
        kernel.silu(scores.row(r), silu_scale(attention, query), row, keys);
        break;
    }
    std::fill(row + keys, row + tile.keys, T{0});
  }
  hide(attention, tile, weights, T{0});
}

template <class T>
void check(const Attention<T>& attention, std::size_t queries) {
  const std::size_t keys = attention.value.rows;
  if (attention.terms.empty()) throw ShapeError(fmt::format("{}: no score terms: give at least one", where));
  if (attention.mask == Mask::causal) {
    require_size(keys, attention.before + queries, where, "the number of keys",
                 "a causal mask needs a key for each query, besides the earlier ones");
  }
  for (const ScoreTerm<T>* term : attention.terms) term->require(queries, keys);
  if (attention.keep.data != nullptr) {
    const std::size_t rows = attention.keep.stride == 0 ? queries : attention.keep.rows;
    require_shape({rows, attention.keep.cols}, {queries, keys}, where, "the mask",
                  "one row per query, one column per key");
  }
  if (dropping(attention) && keys > kernels::dropout_columns) {
    throw ShapeError(
        fmt::format("{}: {} keys with dropout on the weights, which draws for at most {}: train on shorter "
                    "sequences or without attention dropout",
                    where, keys, kernels::dropout_columns));
  }
}

/// The backward pass through one head over one sequence.
template <class T>
struct WayBack {
  const Attention<T>& attention;
  MatrixSpan<const T> out;
  MatrixSpan<const T> dout;
  Normalisers<const T> normalisers;
  MatrixSpan<T> dvalue;
  Workspace<T>& workspace;
  MatrixSpan<const T> transposed_value = {};  // (Dv, Lk) the values transposed, or none

  void back(std::size_t query, std::size_t queries) const {
    // The sum over keys of weight times its gradient: computed over the row if the row is in one tile, so that it
    // cancels exactly if one weight is 1; otherwise it is out . dout.
    const bool whole_rows = keys_of_query(attention, query + queries - 1) <= tile_keys;
    T inner[tile_queries];
    for (std::size_t r = 0; softmax() && !whole_rows && r < queries; ++r) {
      inner[r] = kernels::best<T>().dot(out.row(query + r), dout.row(query + r), out.cols);
    }
    for_each_key_tile(attention, query, queries,
                      [&](const ScoreTile& tile) { back(tile, whole_rows ? nullptr : inner); });
  }

 private:
  bool softmax() const { return attention.weighting == Weighting::softmax; }
  bool needs_scores() const { return attention.weighting == Weighting::pointwise_silu; }

  // `inner` is null where it is not computed yet.
  void back(const ScoreTile& tile, const T* inner) const {
    auto scores = workspace.take(tile.queries, tile.keys);
    auto own_weights = workspace.take(needs_scores() ? tile.queries : 0, tile.keys);  // others overwrite the scores
    auto dropped = workspace.take(dropping(attention) ? tile.queries : 0, tile.keys);
    auto gradient = workspace.take(tile.queries, tile.keys);
    const MatrixSpan<T> weights = needs_scores() ? MatrixSpan<T>(*own_weights) : MatrixSpan<T>(*scores);
    const MatrixSpan<const T> tile_dout = dout.rows_from(tile.query, tile.queries);
    score<T>(attention, tile, *scores, workspace);
    weigh<T>(attention, tile, normalisers, *scores, weights);
    // forward: out = dropout(weights) value
    gemm<T>(plain<T>(tile_dout),
            transposed_value.data != nullptr ? plain<T>(transposed_value.cols_from(tile.key, tile.keys))
                                             : transposed<T>(attention.value.rows_from(tile.key, tile.keys)),
            *gradient);
    if (dropping(attention)) {
      const kernels::Rows<const T> rows{weights.data, tile.queries, tile.keys};
      attention.dropout->apply_to_both(attention.pass, dropout_origin(attention, tile), rows, dropped->data(),
                                       gradient->data());
    }
    gemm<T>(transposed<T>(dropping(attention) ? MatrixSpan<T>(*dropped) : weights), plain<T>(tile_dout),
            dvalue.rows_from(tile.key, tile.keys), {.alpha = 1, .beta = 1});
    scores_back(tile, weights, *scores, *gradient, inner);
    hide<T>(attention, tile, *gradient, T{0});
    for (const ScoreTerm<T>* term : attention.terms) term->backward(tile, *gradient, workspace);
  }

  // Turns gradients of weights into those of scores.
  void scores_back(const ScoreTile& tile, MatrixSpan<const T> weights, MatrixSpan<const T> scores,
                   MatrixSpan<T> gradient, const T* inner) const {
    const kernels::Table<T>& kernel = kernels::best<T>();
    for (std::size_t r = 0; r < tile.queries; ++r) {
      const std::size_t keys = shown(attention, tile, r);
      T* row = gradient.row(r);
      switch (attention.weighting) {
        case Weighting::softmax:  // forward: weights = softmax(scores)
          kernel.softmax_backward(weights.row(r), row, keys,
                                  inner != nullptr ? inner[r] : kernel.dot(weights.row(r), row, keys));
          break;
        case Weighting::entmax15:  // forward: weights = entmax15(scores)
          entmax15_backward(weights.row(r), row, keys);
          break;
        case Weighting::pointwise_silu:  // forward: weights = scale scores sigmoid(scores)
          kernel.silu_backward(scores.row(r), row, silu_scale(attention, tile.query + r), row, keys);
          break;
      }
      std::fill(row + keys, row + tile.keys, T{0});
    }
  }
};

}  // namespace

template <class T>
void attend(const Attention<T>& attention, MatrixSpan<T> out, Normalisers<T> normalisers, Workspace<T>& workspace) {
  check(attention, out.rows);
  require_size(out.cols, attention.value.cols, where, "the output's width", "it is the values'");
  const kernels::Table<T>& kernel = kernels::best<T>();
  const bool softmax = attention.weighting == Weighting::softmax;
  for_each_query_tile<T>(out.rows, [&](std::size_t begin, std::size_t queries) {
    const MatrixSpan<T> tile_out = out.rows_from(begin, queries);
    T largest[tile_queries];
    T total[tile_queries];
    std::fill_n(largest, queries, -std::numeric_limits<T>::infinity());
    std::fill_n(total, queries, T{0});
    if (attention.value.rows == 0) {
      for (std::size_t r = 0; r < queries; ++r) std::fill_n(tile_out.row(r), out.cols, T{0});
    }
    for_each_key_tile(attention, begin, queries, [&](const ScoreTile& tile) {
      auto weights = workspace.take(tile.queries, tile.keys);
      const MatrixSpan<T> span(*weights);
      score(attention, tile, span, workspace);
      if (softmax) {
        hide(attention, tile, span, -std::numeric_limits<T>::infinity());
        for (std::size_t r = 0; r < queries; ++r) {
          const std::size_t keys = shown(attention, tile, r);
          T* row = span.row(r);
          const T rescale = kernel.softmax_tile(row, keys, &largest[r], &total[r]);
          if (tile.key > 0 && rescale != T{1}) kernel.multiply(tile_out.row(r), rescale, out.cols);
          std::fill(row + keys, row + tile.keys, T{0});
        }
      } else {
        weigh(attention, tile, Normalisers<const T>{normalisers.data, normalisers.stride}, span, span);
      }
      if (dropping(attention)) {
        const kernels::Rows<const T> rows{span.data, tile.queries, tile.keys};
        attention.dropout->apply(attention.pass, dropout_origin(attention, tile), rows, span.data);
      }
      gemm<T>(plain<T>(*weights), plain<T>(attention.value.rows_from(tile.key, tile.keys)), tile_out,
              {.alpha = 1, .beta = tile.key == 0 ? T{0} : T{1}});
    });
    if (!softmax) return;
    for (std::size_t r = 0; r < queries; ++r) {
      const bool nothing = total[r] == T{0};
      kernel.multiply(tile_out.row(r), nothing ? T{0} : T{1} / total[r], out.cols);
      normalisers.data[(begin + r) * normalisers.stride] =
          nothing ? std::numeric_limits<T>::infinity() : largest[r] + std::log(total[r]);
    }
  });
}

template <class T>
void attend_backward(const Attention<T>& attention, MatrixSpan<const T> out, MatrixSpan<const T> dout,
                     Normalisers<const T> normalisers, MatrixSpan<T> dvalue, Workspace<T>& workspace) {
  check(attention, out.rows);
  require_shape(dout, {out.rows, attention.value.cols}, where, "the output's gradient",
                "is it from another forward pass?");
  require_shape(dvalue, attention.value, where, "the values' gradient", "it is the values' shape");
  auto transposed = workspace.take(0, 0);
  WayBack<T> way{attention, out, dout, normalisers, dvalue, workspace};
  if (out.rows >= worth_transposing) {
    transpose<T>(attention.value, *transposed);
    way.transposed_value = *transposed;
  }
  for_each_query_tile<T>(out.rows, [&](std::size_t begin, std::size_t queries) { way.back(begin, queries); });
}

template <class T>
void attention_weights(const Attention<T>& attention, Normalisers<const T> normalisers, MatrixSpan<T> weights,
                       Workspace<T>& workspace) {
  check(attention, weights.rows);
  require_size(weights.cols, attention.value.rows, where, "the weights' width", "one column per key");
  for (std::size_t r = 0; r < weights.rows; ++r) std::fill_n(weights.row(r), weights.cols, T{0});
  for_each_query_tile<T>(weights.rows, [&](std::size_t begin, std::size_t queries) {
    for_each_key_tile(attention, begin, queries, [&](const ScoreTile& tile) {
      auto scores = workspace.take(tile.queries, tile.keys);
      const MatrixSpan<T> span(*scores);
      score(attention, tile, span, workspace);
      weigh(attention, tile, normalisers, span, span);
      for (std::size_t r = 0; r < queries; ++r) std::copy_n(span.row(r), tile.keys, weights.row(begin + r) + tile.key);
    });
  });
}

#define INFODIET_INSTANTIATE(T)                                                                                      \
  template void attend(const Attention<T>&, MatrixSpan<T>, Normalisers<T>, Workspace<T>&);                           \
  template void attend_backward(const Attention<T>&, MatrixSpan<const T>, MatrixSpan<const T>, Normalisers<const T>, \
                                MatrixSpan<T>, Workspace<T>&);                                                       \
  template void attention_weights(const Attention<T>&, Normalisers<const T>, MatrixSpan<T>, Workspace<T>&);
INFODIET_INSTANTIATE(float)
INFODIET_INSTANTIATE(double)
#undef INFODIET_INSTANTIATE

}  // namespace infodiet::engine
