#include "engine/optim/gradient_norm.hpp"

#include <array>
#include <cmath>
#include <numeric>

#include "engine/kernels/kernels.hpp"

namespace infodiet::engine {

template <class T>
double sum_of_squares(ThreadPool& pool, std::span<const T> gradient) {
  std::array<double, 64> parts;  // a fixed number, which needs no allocation
  pool.run(parts.size(), [&](std::size_t i, std::size_t) {
    const Range range = part_of(gradient.size(), parts.size(), i);
    parts[i] = kernels::best<T>().sum_of_squares(gradient.data() + range.begin, range.end - range.begin);
  });
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

double clip_scale(double sum_of_squares, double max_norm) {
  const double norm = std::sqrt(sum_of_squares);
  return norm > max_norm ? max_norm / norm : 1.0;
}

template double sum_of_squares(ThreadPool&, std::span<const float>);
template double sum_of_squares(ThreadPool&, std::span<const double>);

}  // namespace infodiet::engine
