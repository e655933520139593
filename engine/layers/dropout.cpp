#include "engine/layers/dropout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"

namespace infodiet::engine {

Dropout::Dropout(ParameterLayout& layout, double rate) : site_(layout.add_dropout_site()) {
  if (!(rate >= 0 && rate < 1)) {
    throw Error(
        fmt::format("dropout rate is {} but must be at least 0 and under 1: give a share, not a percentage", rate));
  }
  threshold_ = static_cast<std::uint32_t>(std::lround(rate * 65536));
}

template <class T>
void Dropout::apply(const Pass& pass, const kernels::DropoutPlace& place, const T* x, T* y, std::size_t rows,
                    std::size_t cols) const {
  if (!active(pass)) {
    if (x != y) std::copy(x, x + rows * cols, y);
    return;
  }
  const kernels::DropoutDraw draw{.seed = pass.seed,
                                  .step = pass.step,
                                  .site = site_,
                                  .threshold = threshold_,
                                  .scale = 65536.0 / (65536.0 - threshold_)};
  kernels::best<T>().dropout(draw, place, x, y, rows, cols);
}

template <class T>
void Dropout::apply(const Pass& pass, Matrix<T>& x) const {
  apply(pass, {.first_row = pass.first_token}, x.data(), x.data(), x.shape(0), x.shape(1));
}

template void Dropout::apply(const Pass&, const kernels::DropoutPlace&, const float*, float*, std::size_t,
                             std::size_t) const;
template void Dropout::apply(const Pass&, const kernels::DropoutPlace&, const double*, double*, std::size_t,
                             std::size_t) const;
template void Dropout::apply(const Pass&, Matrix<float>&) const;
template void Dropout::apply(const Pass&, Matrix<double>&) const;

}  // namespace infodiet::engine
