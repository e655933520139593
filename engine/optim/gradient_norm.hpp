// The length of a gradient, and clipping it.
#pragma once

#include <array>
#include <span>

#include "engine/distributed/share.hpp"

namespace infodiet::engine {

/// The sums of squares of the fixed parts of a gradient, as part_of cuts it.
using SquareParts = std::array<double, 64>;

/// What a process has of a gradient of `size` numbers: those from `first` on.
template <class T>
struct GradientStretch {
  std::span<const T> values;
  std::size_t first;
  std::size_t size;
};

/// Writes those of the share's parts, which lie in the stretch.
template <class T>
void square_parts(ThreadPool& pool, const GradientStretch<T>& gradient, const Share& share, SquareParts& parts);

/// Their sum.
double sum_of(const SquareParts& parts);

/// The sum of squares of all gradients, the same bits for any number of threads.
template <class T>
double sum_of_squares(ThreadPool& pool, std::span<const T> gradient);

/// The factor that scales gradients to a Euclidean norm of at most `max_norm`; 1 if it is already.
double clip_scale(double sum_of_squares, double max_norm);

}  // namespace infodiet::engine
