// A multinomial logit of people's choices from slates, fitted to their choices: SlateQ's model of people.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace infodiet::rl {

/// One slate and the choice from it, as rows of features.
struct ObservedChoice {
  static constexpr std::size_t nothing = static_cast<std::size_t>(-1);

  std::vector<double> items;    ///< (K, item features)
  std::vector<double> session;  ///< (session features) of choosing nothing
  std::size_t chosen;           ///< rank in the slate, or `nothing`
};

/// P(i | slate) = exp(a . x_i) / (exp(b . s) + sum_j exp(a . x_j)), features x_i of items and s of the session.
class ChoiceModel {
 public:
  /// With all weights 0.
  ChoiceModel(std::size_t item_features, std::size_t session_features);

  /// Maximum likelihood with a ridge of 1, by at most ten steps of Newton's method from the current weights; the
  /// likelihood is concave. Throws ShapeError if features have other sizes.
  void fit(std::span<const ObservedChoice> choices);

  /// exp(a . x), the weight of an item in a choice, and exp(b . s), that of nothing; exponents are clamped to 30.
  double weight_of_item(std::span<const double> features) const;
  double weight_of_nothing(std::span<const double> features) const;

 private:
  std::size_t item_features_;
  std::size_t session_features_;
  std::vector<double> weights_;  ///< (item features + session features)
};

}  // namespace infodiet::rl
