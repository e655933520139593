#include "engine/attention/dot_product.hpp"

#include "engine/gemm.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
DotProduct<T>::DotProduct(MatrixSpan<const T> query, MatrixSpan<const T> key, T scale, MatrixSpan<T> dquery,
                          MatrixSpan<T> dkey)
    : query_(query), key_(key), scale_(scale), dquery_(dquery), dkey_(dkey) {
  require_size(key.cols, query.cols, "dot-product score", "the keys' width", "it must be the queries'");
}

template <class T>
void DotProduct<T>::use_transposed_keys(MatrixSpan<const T> transposed) {
  require_shape(transposed, {key_.cols, key_.rows}, "dot-product score", "the transposed keys",
                "they are the keys, transposed");
  transposed_key_ = transposed;
}

template <class T>
void DotProduct<T>::require(std::size_t queries, std::size_t keys) const {
  require_size(query_.rows, queries, "dot-product score", "the number of queries", "one for each row of the output");
  require_size(key_.rows, keys, "dot-product score", "the number of keys", "one for each value");
}

template <class T>
void DotProduct<T>::multiply(const ScoreTile& tile, MatrixSpan<T> scores, T beta) const {
  const Factor<T> keys = transposed_key_.data != nullptr ? plain<T>(transposed_key_.cols_from(tile.key, tile.keys))
                                                         : transposed<T>(key_.rows_from(tile.key, tile.keys));
  gemm<T>(plain<T>(query_.rows_from(tile.query, tile.queries)), keys, scores, {.alpha = scale_, .beta = beta});
}

template <class T>
void DotProduct<T>::set(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>&) const {
  multiply(tile, scores, T{0});
}

template <class T>
void DotProduct<T>::add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>&) const {
  multiply(tile, scores, T{1});
}

template <class T>
void DotProduct<T>::backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>&) const {
  // forward: scores += scale query key^T
  gemm<T>(plain<T>(dscores), plain<T>(key_.rows_from(tile.key, tile.keys)), dquery_.rows_from(tile.query, tile.queries),
          {.alpha = scale_, .beta = 1});
  gemm<T>(transposed<T>(dscores), plain<T>(query_.rows_from(tile.query, tile.queries)),
          dkey_.rows_from(tile.key, tile.keys), {.alpha = scale_, .beta = 1});
}

template class DotProduct<float>;
template class DotProduct<double>;

}  // namespace infodiet::engine
