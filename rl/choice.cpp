#include "rl/choice.hpp"

#include <algorithm>
#include <cmath>

namespace infodiet::rl {

LogitChoice::LogitChoice(std::span<const double> utilities, double utility_of_nothing) {
  double largest = utility_of_nothing;
  for (const double utility : utilities) largest = std::max(largest, utility);
  nothing_ = std::exp(utility_of_nothing - largest);
  total_ = nothing_;
  weights_.reserve(utilities.size());
  for (const double utility : utilities) {
    weights_.push_back(std::exp(utility - largest));
    total_ += weights_.back();
  }
}

Position LogitChoice::draw(engine::RandomStream& stream) const {
  double left = stream.uniform() * total_;
  for (std::size_t rank = 0; rank < weights_.size(); ++rank) {
    left -= weights_[rank];
    if (left < 0) return static_cast<Position>(rank);
  }
  return Event::nothing;
}

}  // namespace infodiet::rl
