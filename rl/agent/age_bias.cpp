#include "rl/agent/age_bias.hpp"

#include <algorithm>
#include <limits>

#include "engine/shape.hpp"

namespace infodiet::rl {

namespace {

constexpr engine::DistanceBuckets buckets{.count = 24, .longest = 512};

}  // namespace

template <class T>
AgeBias<T>::AgeBias(engine::ParameterLayout& layout, const std::string& name, std::size_t heads)
    : weight_(layout.add_matrix(name + ".weight", heads, buckets.count, engine::Initialiser::zeros())) {}

template <class T>
void AgeBias<T>::forward(const engine::Parameters<T>& parameters, std::size_t steps, engine::Matrix<T>& by_age) const {
  const engine::MatrixSpan<const T> weight = parameters.matrix(weight_);
  by_age.resize({weight.rows, steps});
  T slope = 1;
  for (std::size_t head = 0; head < weight.rows; ++head, slope /= 2) {
    for (std::size_t age = 0; age < steps; ++age) {
      by_age(head, age) = weight.row(head)[buckets.of(age)] - slope * static_cast<T>(age);
    }
  }
}

template <class T>
void AgeBias<T>::backward(const engine::Matrix<T>& dby_age, engine::Parameters<T>& gradients) const {
  const engine::MatrixSpan<T> dweight = gradients.matrix(weight_);
  for (std::size_t head = 0; head < dweight.rows; ++head) {
    for (std::size_t age = 0; age < dby_age.shape(1); ++age) {
      // forward: by_age = weight[bucket] - slope age
      dweight.row(head)[buckets.of(age)] += dby_age(head, age);
    }
  }
}

template <class T>
AgeBias<T>::Term::Term(const QuerySteps& steps, std::span<const T> by_age, T* dby_age)
    : steps_(steps), by_age_(by_age), dby_age_(dby_age) {}

template <class T>
void AgeBias<T>::Term::require(std::size_t queries, std::size_t keys) const {
  constexpr auto where = "age bias";
  engine::require_size(queries % steps_.each, 0, where, "the remainder of queries per step", "every step has as many");
  engine::require_size(keys, steps_.first_step + queries / steps_.each, where, "the number of keys",
                       "one for each step up to the last query's");
  engine::require_size(by_age_.size(), std::max(keys, by_age_.size()), where, "the number of ages",
                       "one for each key or more");
}

template <class T>
typename AgeBias<T>::Term::Seen AgeBias<T>::Term::seen(const engine::ScoreTile& tile, std::size_t row) const {
  const std::size_t step = steps_.first_step + (tile.query + row) / steps_.each;
  if (step < tile.key) return {0, 0};
  return {std::min(tile.keys, step - tile.key + 1), step - tile.key};
}

template <class T>
void AgeBias<T>::Term::add(const engine::ScoreTile& tile, engine::MatrixSpan<T> scores, engine::Workspace<T>&) const {
  for (std::size_t r = 0; r < tile.queries; ++r) {
    const Seen now = seen(tile, r);
    T* row = scores.row(r);
    for (std::size_t k = 0; k < now.keys; ++k) row[k] += by_age_[now.oldest - k];
    for (std::size_t k = now.keys; k < tile.keys; ++k) row[k] -= std::numeric_limits<T>::infinity();
  }
}

template <class T>
void AgeBias<T>::Term::backward(const engine::ScoreTile& tile, engine::MatrixSpan<const T> dscores,
                                engine::Workspace<T>&) const {
  for (std::size_t r = 0; r < tile.queries; ++r) {
    const Seen now = seen(tile, r);
    const T* row = dscores.row(r);
    // forward: scores += by_age[step of the query - step of the key]
    for (std::size_t k = 0; k < now.keys; ++k) dby_age_[now.oldest - k] += row[k];
  }
}

template class AgeBias<float>;
template class AgeBias<double>;

}  // namespace infodiet::rl
