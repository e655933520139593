#include "engine/attention/interval_bias.hpp"

#include <algorithm>
#include <limits>

#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
IntervalBias<T>::IntervalBias(ParameterLayout& layout, const std::string& name, std::size_t heads)
    : name_(name),
      weight_(layout.add_matrix(name + ".weight", heads, kernels::interval_buckets, Initialiser::normal(0.02))) {}

template <class T>
void IntervalBias<T>::forward(const Parameters<T>& parameters, const Ragged& batch, Cache& cache) const {
  require_size(batch.times().size(), batch.tokens(), name_, "the number of times",
               "a time-interval bias needs a batch made with the time of every token");
  cache.elapsed.resize(batch.tokens());
  for (std::size_t b = 0; b < batch.sequences(); ++b) {
    const auto times = batch.times().subspan(batch.begin(b), batch.length(b));
    if (times.empty()) continue;
    const auto first = static_cast<std::uint64_t>(*std::min_element(times.begin(), times.end()));
    std::transform(times.begin(), times.end(), cache.elapsed.data() + batch.begin(b), [first](std::int64_t time) {
      constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
      return static_cast<std::int32_t>(std::min(most, static_cast<std::uint64_t>(time) - first));
    });
  }
  cache.biases.resize({weight_.rows, weight_.cols});
  std::copy_n(parameters.data(weight_), cache.biases.size(), cache.biases.data());
}

template <class T>
void IntervalBias<T>::backward(const Matrix<T>& dbiases, Parameters<T>& gradients) const {
  require_shape(dbiases, {weight_.rows, weight_.cols}, name_, "the gradient", "is it another layer's?");
  // forward: biases = weight
  kernels::best<T>().add(gradients.data(weight_), dbiases.data(), dbiases.size());
}

template <class T>
IntervalBias<T>::Term::Term(const Cache& cache, const Ragged& batch, const Location& at, Matrix<T>* dbiases)
    : elapsed_(cache.elapsed.data() + batch.begin(at.sequence), batch.length(at.sequence)),
      before_(at.before),
      biases_(&cache.biases(at.head, 0)),
      dbiases_(dbiases == nullptr ? nullptr : &(*dbiases)(at.head, 0)) {}

template <class T>
void IntervalBias<T>::Term::require(std::size_t queries, std::size_t keys) const {
  constexpr auto cause = "intervals are between the tokens of one sequence";
  require_size(before_ + queries, elapsed_.size(), "interval bias", "the number of queries", cause);
  require_size(keys, elapsed_.size(), "interval bias", "the number of keys", cause);
}

template <class T>
void IntervalBias<T>::Term::add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>&) const {
  for (std::size_t r = 0; r < tile.queries; ++r) {
    kernels::best<T>().add_interval_bias(scores.row(r), tile.keys, elapsed_[before_ + tile.query + r],
                                         &elapsed_[tile.key], biases_);
  }
}

template <class T>
void IntervalBias<T>::Term::backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>&) const {
  for (std::size_t r = 0; r < tile.queries; ++r) {
    // forward: scores[r][c] += biases[bucket]
    kernels::best<T>().add_interval_bias_backward(dscores.row(r), tile.keys, elapsed_[before_ + tile.query + r],
                                                  &elapsed_[tile.key], dbiases_);
  }
}

template class IntervalBias<float>;
template class IntervalBias<double>;

}  // namespace infodiet::engine
