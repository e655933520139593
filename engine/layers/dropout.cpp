#include "engine/layers/dropout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/errors.hpp"
#include "engine/shape.hpp"

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
void Dropout::forward(const Pass& pass, const T* added, Matrix<T>& y, DropoutBits& bits) const {
  const kernels::Table<T>& kernel = kernels::best<T>();
  if (active(pass)) {
    bits.resize(y.shape(0) * kernels::dropout_bytes(y.shape(1)));
    kernel.dropout_noting(draw(pass), {.first_row = pass.first_token}, {y.data(), y.shape(0), y.shape(1)}, added,
                          bits.data());
  } else if (added != nullptr) {
    kernel.add(y.data(), added, y.size());
  }
}

template <class T>
void Dropout::backward(const Pass& pass, const DropoutBits& bits, const Matrix<T>& dy, Matrix<T>& dx) const {
  dx.resize(dy.shape());
  if (active(pass)) {
    require_size(bits.size(), dy.shape(0) * kernels::dropout_bytes(dy.shape(1)), "dropout", "the number of bits",
                 "are they of another forward pass?");
    kernels::best<T>().dropout_noted(bits.data(), draw(pass).scale, {dy.data(), dy.shape(0), dy.shape(1)}, dx.data());
  } else if (&dx != &dy) {
    std::copy(dy.begin(), dy.end(), dx.begin());
  }
}

#define INFODIET_INSTANTIATE(T)                                                                                       \
  template void Dropout::apply(const Pass&, const kernels::DropoutOrigin&, const kernels::Rows<const T>&, T*) const;  \
  template void Dropout::apply_to_both(const Pass&, const kernels::DropoutOrigin&, const kernels::Rows<const T>&, T*, \
                                       T*) const;                                                                     \
  template void Dropout::forward(const Pass&, const T*, Matrix<T>&, DropoutBits&) const;                              \
  template void Dropout::backward(const Pass&, const DropoutBits&, const Matrix<T>&, Matrix<T>&) const;
INFODIET_INSTANTIATE(float)
INFODIET_INSTANTIATE(double)
#undef INFODIET_INSTANTIATE

}  // namespace infodiet::engine
