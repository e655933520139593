#include "engine/optim/gradient_norm.hpp"

#include <cmath>
#include <numeric>

#include "engine/kernels/kernels.hpp"

namespace infodiet::engine {

template <class T>
void square_parts(ThreadPool& pool, const GradientStretch<T>& gradient, const Share& share, SquareParts& parts) {
  run_share(pool, share, parts.size(), [&](std::size_t i, std::size_t) {
    const Range range = part_of(gradient.size, parts.size(), i);
    const std::span<const T> part = gradient.values.subspan(range.begin - gradient.first, range.end - range.begin);
    parts[i] = kernels::best<T>().sum_of_squares(part.data(), part.size());
  });
}

double sum_of(const SquareParts& parts) {
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

template <class T>
double sum_of_squares(ThreadPool& pool, std::span<const T> gradient) {
  SquareParts parts;
  square_parts<T>(pool, {.values = gradient, .first = 0, .size = gradient.size()}, {}, parts);
  return sum_of(parts);
}

double clip_scale(double sum_of_squares, double max_norm) {
  const double norm = std::sqrt(sum_of_squares);
  return norm > max_norm ? max_norm / norm : 1.0;
}

template void square_parts(ThreadPool&, const GradientStretch<float>&, const Share&, SquareParts&);
template void square_parts(ThreadPool&, const GradientStretch<double>&, const Share&, SquareParts&);
template double sum_of_squares(ThreadPool&, std::span<const float>);
template double sum_of_squares(ThreadPool&, std::span<const double>);

}  // namespace infodiet::engine
