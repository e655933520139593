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
  for (std::size_t place = 0; place < weights_.size(); ++place) {
    left -= weights_[place];
    if (left < 0) return static_cast<Position>(place);
  }
  return Event::nothing;
}

}  // namespace infodiet::rl
