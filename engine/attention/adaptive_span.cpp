#include "engine/attention/adaptive_span.hpp"

#include <algorithm>
#include <cmath>

#include "engine/shape.hpp"

namespace infodiet::engine {

namespace {

std::size_t distance(std::size_t a, std::size_t b) {
  return a < b ? b - a : a - b;
}

}  // namespace

template <class T>
AdaptiveSpan<T>::AdaptiveSpan(ParameterLayout& layout, const std::string& name, std::size_t heads, std::size_t longest)
    : longest_(longest), share_(layout.add_matrix(name, heads, 1, Initialiser::ones())) {}

template <class T>
double AdaptiveSpan<T>::span(const Parameters<T>& parameters, std::size_t head) const {
  const auto share = static_cast<double>(parameters.matrix(share_).row(head)[0]);
  return static_cast<double>(longest_) * std::clamp(share, 0.0, 1.0);
}

template <class T>
void AdaptiveSpan<T>::forward(const Parameters<T>& parameters, const Ragged& batch, ByDistance& added) const {
  const std::size_t heads = parameters.matrix(share_).rows;
  added.resize({heads, std::max<std::size_t>(1, batch.longest())});
  for (std::size_t h = 0; h < heads; ++h) {
    const double reach = ramp + span(parameters, h);
    for (std::size_t d = 0; d < added.shape(1); ++d) {
      // A share of 0 has the logarithm minus infinity, which hides the key.
      added(h, d) = static_cast<T>(std::log(std::clamp((reach - static_cast<double>(d)) / ramp, 0.0, 1.0)));
    }
  }
}

template <class T>
void AdaptiveSpan<T>::backward(const Parameters<T>& parameters, const ByDistance& dadded,
                               Parameters<T>& gradients) const {
  for (std::size_t h = 0; h < dadded.shape(0); ++h) {
    const double reach = ramp + span(parameters, h);
    double dspan = 0;
    for (std::size_t d = 0; d < dadded.shape(1); ++d) {
      // forward: added = log((reach - d) / ramp)
      const double left = reach - static_cast<double>(d);
      if (left > 0 && left < ramp) dspan += static_cast<double>(dadded(h, d)) / left;
    }
    const auto share = static_cast<double>(parameters.matrix(share_).row(h)[0]);
    const bool leads_out = (share <= 0 && dspan > 0) || (share >= 1 && dspan < 0);
    if (!leads_out) gradients.matrix(share_).row(h)[0] += static_cast<T>(dspan * static_cast<double>(longest_));
  }
}

template <class T>
AdaptiveSpan<T>::Term::Term(const ByDistance& added, std::size_t head, ByDistance* dadded)
    : longest_(added.shape(1)), added_(&added(head, 0)), dadded_(dadded == nullptr ? nullptr : &(*dadded)(head, 0)) {}

template <class T>
void AdaptiveSpan<T>::Term::require(std::size_t queries, std::size_t keys) const {
  constexpr auto where = "adaptive span";
  require_size(keys, queries, where, "the number of keys", "both sides are the same sequence");
  require_size(longest_, std::max(longest_, keys), where, "the longest distance",
               "was it prepared with another batch?");
}

template <class T>
void AdaptiveSpan<T>::Term::add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>&) const {
  for (std::size_t r = 0; r < tile.queries; ++r) {
    T* row = scores.row(r);
    for (std::size_t k = 0; k < tile.keys; ++k) row[k] += added_[distance(tile.query + r, tile.key + k)];
  }
}

template <class T>
void AdaptiveSpan<T>::Term::backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>&) const {
  for (std::size_t r = 0; r < tile.queries; ++r) {
    // forward: scores += added[distance]
    const T* row = dscores.row(r);
    for (std::size_t k = 0; k < tile.keys; ++k) dadded_[distance(tile.query + r, tile.key + k)] += row[k];
  }
}

template class AdaptiveSpan<float>;
template class AdaptiveSpan<double>;

}  // namespace infodiet::engine
