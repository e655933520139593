// Several models as one distribution over the catalogue: the parts of a mixture and their weights. Does not fit them
// (blend_fit.hpp).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "recsys/ranking/recommender.hpp"

namespace infodiet::recsys {

/// A model beside attention, and how its scores become a distribution.
struct BlendPart {
  std::shared_ptr<const Recommender> model = nullptr;
  double temperature = 0;  ///< softmax of the scores over it; 0: the scores, none of them below 0, over their sum
};

/// A mixture whose weights depend on how long the history is.
struct Blend {
  double temperature = 1;                      ///< of attention's scores, as in BlendPart; above 0
  std::vector<BlendPart> parts{};              ///< beside attention; none: attention scores as it is
  std::vector<double> lengths{};               ///< (K) at which weights are given, ascending
  std::vector<std::vector<double>> weights{};  ///< (K, 1 + parts) attention's first; each row adds up to 1

  /// The nearest length's outside of the range, linear in the logarithm of the length within it.
  std::vector<double> weights_at(std::size_t length) const;
};

/// The least that a share counts as where its logarithm is taken: too small for softmax to matter, large enough for a
/// float.
constexpr double share_floor = 1e-30;

/// Whether weights lie between 0 and 1 and add up to 1, within a millionth.
bool is_distribution(std::span<const double> weights);

/// A model as a part, with the usual temperature of its kind: scores of ease are not shares.
BlendPart as_part(std::shared_ptr<const Recommender> model);

/// A blend of attention with one part, of the same weight at every length; no parts if it is 0.
Blend blend_with(std::shared_ptr<const Recommender> model, double weight);

/// A model's scores (V) as a distribution, by the temperature of BlendPart: item v's share is numerators[v] over the
/// sum, which is returned and above 0.
double numerators_of(std::span<const float> scores, double temperature, std::vector<double>& numerators);

}  // namespace infodiet::recsys
