#include "engine/optim/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace infodiet::engine {

double Schedule::learning_rate(std::uint64_t step) const {
  if (step < warmup) return peak * static_cast<double>(step) / static_cast<double>(warmup);
  if (lr_schedule == LrSchedule::none) return peak;
  if (step >= total) return end;
  const double share = static_cast<double>(step - warmup) / static_cast<double>(total - warmup);
  return end + (peak - end) * 0.5 * (1 + std::cos(std::numbers::pi * share));
}

}  // namespace infodiet::engine
