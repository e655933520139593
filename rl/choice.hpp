// How a simulated person chooses from a slate: the multinomial logit, with an option to choose nothing.
#pragma once

#include <span>
#include <vector>

#include "engine/random.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// P(i) = exp(u_i) / (exp(u_nothing) + sum_j exp(u_j)) (McFadden 1974), for finite utilities of any size.
class LogitChoice {
 public:
  /// utilities (K).
  LogitChoice(std::span<const double> utilities, double utility_of_nothing);

  double probability(std::size_t rank) const { return weights_[rank] / total_; }
  double probability_of_nothing() const { return nothing_ / total_; }
  /// A rank in the slate, or Event::nothing, from one uniform draw.
  Position draw(engine::RandomStream& stream) const;

 private:
  std::vector<double> weights_;
  double nothing_;
  double total_;
};

}  // namespace infodiet::rl
