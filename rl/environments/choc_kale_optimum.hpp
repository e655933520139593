// Dynamic programming for choc-kale, on its latent net exposure, which no feed can observe.
#pragma once

#include <span>

#include "rl/environments/choc_kale.hpp"
#include "rl/environments/optimum.hpp"

namespace infodiet::rl {

/// Discretisation of the latent state. At the defaults the values agree with those of twice
/// the resolution to 1e-4 (1e-2 if items are resampled).
struct ChocKaleResolution {
  std::size_t points = 1001;  ///< of net exposure, over 8 standard deviations beyond what can be reached
  std::size_t cells = 256;    ///< of clickbait, if items are resampled
  std::size_t nodes = 16;     ///< of the noise
};

/// V_t(n) = max over the items on offer of E[e | n, c] + E V_{t+1}(memory n - 2 (c - .5) + noise), by cubic
/// interpolation in n and Gauss-Hermite quadrature over the noise. If K items are resampled the maximum is the expected
/// maximum over K uniform draws: sum_j q_(j) ((j/M)^K - ((j-1)/M)^K) over the M sorted values of the cells.
Optimum solve_choc_kale(const ChocKale& environment, const ChocKaleResolution& resolution = {});

/// Expected return if item i is shown with probability `mixture[i]` (candidates) at every step. Throws ShapeError for
/// another size, and SettingError if items are resampled.
double choc_kale_return(const ChocKale& environment, std::span<const double> mixture,
                        const ChocKaleResolution& resolution = {});

}  // namespace infodiet::rl
