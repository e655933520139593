#include "engine/attention/relative_bias.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"
#include "engine/kernels/kernels.hpp"

namespace infodiet::engine {

std::size_t DistanceBuckets::of(std::size_t distance) const {
  const std::size_t exact = longest <= count ? count : std::max<std::size_t>(1, count / 2);
  if (distance < exact) return distance;
  const double octave = std::log(static_cast<double>(distance) / static_cast<double>(exact)) /
                        std::log(static_cast<double>(std::max(longest, exact + 1)) / static_cast<double>(exact));
  return std::min(count - 1, exact + static_cast<std::size_t>(octave * static_cast<double>(count - exact)));
}

template <class T>
RelativeBias<T>::RelativeBias(ParameterLayout& layout, const std::string& name, const Options& options)
    : options_(options) {
  if (options.buckets.count == 0) throw Error(fmt::format("{}: 0 distance buckets: give at least one", name));
  const std::size_t directions = options.mask == Mask::causal ? 1 : 2;
  weight_ =
      layout.add_matrix(name + ".weight", options.heads, directions * options.buckets.count, Initialiser::normal(0.02));
}

template <class T>
std::size_t RelativeBias<T>::bucket_of(std::size_t column, std::size_t longest) const {
  const std::size_t here = longest - 1;
  if (column <= here) return options_.buckets.of(here - column);
  return options_.buckets.count + options_.buckets.of(column - here);
}

template <class T>
void RelativeBias<T>::forward(const Parameters<T>& parameters, const Ragged& batch, ByOffset& biases) const {
  const std::size_t longest = std::max<std::size_t>(1, batch.longest());
  biases.resize({options_.heads, 2 * longest - 1});
  const std::size_t columns = options_.mask == Mask::causal ? longest : 2 * longest - 1;
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t bucket = bucket_of(column, longest);
    for (std::size_t h = 0; h < options_.heads; ++h) biases(h, column) = parameters.matrix(weight_).row(h)[bucket];
  }
  for (std::size_t column = columns; column < 2 * longest - 1; ++column) {
    for (std::size_t h = 0; h < options_.heads; ++h) biases(h, column) = T{0};  // hidden by the mask
  }
}

template <class T>
void RelativeBias<T>::backward(const ByOffset& dbiases, Parameters<T>& gradients) const {
  const std::size_t longest = (dbiases.shape(1) + 1) / 2;
  const std::size_t columns = options_.mask == Mask::causal ? longest : dbiases.shape(1);
  // forward: biases[h][column] = weight[h][bucket of column]
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t bucket = bucket_of(column, longest);
    for (std::size_t h = 0; h < options_.heads; ++h) gradients.matrix(weight_).row(h)[bucket] += dbiases(h, column);
  }
}

template <class T>
RelativeBias<T>::Term::Term(const ByOffset& biases, std::size_t head, ByOffset* dbiases, std::size_t before)
    : longest_((biases.shape(1) + 1) / 2),
      before_(before),
      bias_(&biases(head, longest_ - 1)),
      dbias_(dbiases == nullptr ? nullptr : &(*dbiases)(head, longest_ - 1)) {}

template <class T>
void RelativeBias<T>::Term::require(std::size_t queries, std::size_t keys) const {
  if (before_ + queries == keys && keys <= longest_) return;
  throw ShapeError(fmt::format(
      "relative bias: {} queries against {} keys, but biases are for the same sequence of up to {} tokens on both "
      "sides: was it prepared with another batch?",
      queries, keys, longest_));
}

template <class T>
void RelativeBias<T>::Term::add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>&) const {
  for (std::size_t r = 0; r < tile.queries; ++r) {
    const T* from =
        bias_ + static_cast<std::ptrdiff_t>(tile.key) - static_cast<std::ptrdiff_t>(before_ + tile.query + r);
    kernels::best<T>().add(scores.row(r), from, tile.keys);
  }
}

template <class T>
void RelativeBias<T>::Term::backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>&) const {
  for (std::size_t r = 0; r < tile.queries; ++r) {
    T* to = dbias_ + static_cast<std::ptrdiff_t>(tile.key) - static_cast<std::ptrdiff_t>(before_ + tile.query + r);
    // forward: scores[r] += bias
    kernels::best<T>().add(to, dscores.row(r), tile.keys);
  }
}

template class RelativeBias<float>;
template class RelativeBias<double>;

}  // namespace infodiet::engine
