// How the learning rate changes over a run.
#pragma once

#include <cstdint>

namespace infodiet::engine {

/// The learning rate after the warm-up.
enum class LrSchedule {
  none,    ///< stays at the peak
  cosine,  ///< falls along half a cosine to `end` at step `total` and stays there (Loshchilov & Hutter 2017)
};

/// learning_rate(t) for steps t = 1, 2, ...: grows linearly to `peak` over the first `warmup` steps, then follows
/// lr_schedule.
struct Schedule {
  double peak = 1e-3;
  std::uint64_t warmup = 0;
  LrSchedule lr_schedule = LrSchedule::none;
  std::uint64_t total = 0;
  double end = 0;

  double learning_rate(std::uint64_t step) const;
};

}  // namespace infodiet::engine
