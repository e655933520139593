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

kernels::DropoutDraw Dropout::draw(const Pass& pass) const {
  return {.seed = pass.seed,
          .step = pass.step,
          .site = site_,
          .threshold = threshold_,
          .scale = 65536.0 / (65536.0 - threshold_)};
}

template <class T>
void Dropout::apply(const Pass& pass, const kernels::DropoutOrigin& origin, const kernels::Rows<const T>& x,
                    T* y) const {
  if (active(pass)) return kernels::best<T>().dropout(draw(pass), origin, x, y);
  if (x.data != y) std::copy_n(x.data, x.rows * x.cols, y);
}

template <class T>
void Dropout::apply_to_both(const Pass& pass, const kernels::DropoutOrigin& origin, const kernels::Rows<const T>& x,
                            T* y, T* z) const {
  if (active(pass)) return kernels::best<T>().dropout_both(draw(pass), origin, x, y, z);
  if (x.data != y) std::copy_n(x.data, x.rows * x.cols, y);
}

template <class T>
void Dropout::apply(const Pass& pass, const Matrix<T>& x, Matrix<T>& y) const {
  y.resize(x.shape());
  apply<T>(pass, {.first_row = pass.first_token}, {x.data(), x.shape(0), x.shape(1)}, y.data());
}

#define INFODIET_INSTANTIATE(T)                                                                                       \
  template void Dropout::apply(const Pass&, const kernels::DropoutOrigin&, const kernels::Rows<const T>&, T*) const;  \
  template void Dropout::apply_to_both(const Pass&, const kernels::DropoutOrigin&, const kernels::Rows<const T>&, T*, \
                                       T*) const;                                                                     \
  template void Dropout::apply(const Pass&, const Matrix<T>&, Matrix<T>&) const;
INFODIET_INSTANTIATE(float)
INFODIET_INSTANTIATE(double)
#undef INFODIET_INSTANTIATE

}  // namespace infodiet::engine
