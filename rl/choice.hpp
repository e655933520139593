// How a simulated person chooses from a slate: the multinomial logit of discrete choice, with the choice of nothing.
#pragma once

#include <cmath>
#include <vector>

#include "engine/random.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// P(i) = exp(u_i) / (exp(u_nothing) + sum_j exp(u_j)) over the items added (McFadden 1974). Utilities are taken as
/// they are: it is for environments whose parameters keep them below 700 in size.
class LogitChoice {
 public:
  explicit LogitChoice(double utility_of_nothing) : nothing_(std::exp(utility_of_nothing)), total_(nothing_) {}

  void add(double utility) {
    weights_.push_back(std::exp(utility));
    total_ += weights_.back();
  }
  double probability(std::size_t place) const { return weights_[place] / total_; }
  double probability_of_nothing() const { return nothing_ / total_; }

  /// One uniform draw: a place in the order of adding, or Event::nothing.
  Position draw(engine::RandomStream& stream) const {
    double left = stream.uniform() * total_;
    for (std::size_t place = 0; place < weights_.size(); ++place) {
      left -= weights_[place];
      if (left < 0) return static_cast<Position>(place);
    }
    return Event::nothing;
  }

 private:
  double nothing_;
  double total_;
  std::vector<double> weights_;
};

}  // namespace infodiet::rl
