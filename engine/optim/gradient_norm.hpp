// The length of a gradient, and clipping it.
#pragma once

#include <span>

#include "engine/parallel.hpp"

namespace infodiet::engine {

/// The sum of squares of all gradients, the same bits for any number of threads.
template <class T>
double sum_of_squares(ThreadPool& pool, std::span<const T> gradient);

/// The factor that scales gradients to a Euclidean norm of at most `max_norm`; 1 if it is already.
double clip_scale(double sum_of_squares, double max_norm);

}  // namespace infodiet::engine
