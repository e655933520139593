#include "engine/attention/rotary.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/errors.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
Rotary<T>::Rotary(const std::string& name, std::size_t longest, std::size_t head_width)
    : name_(name), head_width_(head_width) {
  if (head_width == 0 || head_width % 2 != 0) {
    throw ShapeError(fmt::format("{}: heads of width {} cannot be rotated in pairs: choose an even width for each head",
                                 name, head_width));
  }
  for (Matrix<T>* table : {&cosines_, &sines_, &negative_sines_}) table->resize({longest, head_width / 2});
  for (std::size_t position = 0; position < longest; ++position) {
    for (std::size_t i = 0; i < head_width / 2; ++i) {
      const double rate = std::pow(10000.0, -2.0 * static_cast<double>(i) / static_cast<double>(head_width));
      const double angle = static_cast<double>(position) * rate;
      cosines_(position, i) = static_cast<T>(std::cos(angle));
      sines_(position, i) = static_cast<T>(std::sin(angle));
      negative_sines_(position, i) = -sines_(position, i);
    }
  }
}

template <class T>
void Rotary<T>::rotate(const Ragged& batch, MatrixSpan<T> x, const Matrix<T>& sines) const {
  require_size(x.rows, batch.tokens(), name_, "the number of tokens", "do the offsets belong to it?");
  const std::size_t heads = x.cols / head_width_;
  require_size(x.cols, heads * head_width_, name_, "the width", "it must be whole heads");
  if (batch.longest() > cosines_.shape(0)) {
    throw ShapeError(
        fmt::format("{}: a sequence of {} tokens but only {} positions: cut the sequence or make the layer "
                    "for longer ones",
                    name_, batch.longest(), cosines_.shape(0)));
  }
  for (std::size_t b = 0; b < batch.sequences(); ++b) {
    for (std::size_t position = 0; position < batch.length(b); ++position) {
      kernels::best<T>().rotate(x.row(batch.begin(b) + position), heads, head_width_, &cosines_(position, 0),
                                &sines(position, 0));
    }
  }
}

template <class T>
void Rotary<T>::forward(const Ragged& batch, MatrixSpan<T> x) const {
  rotate(batch, x, sines_);
}

template <class T>
void Rotary<T>::backward(const Ragged& batch, MatrixSpan<T> dx) const {
  rotate(batch, dx, negative_sines_);
}

template class Rotary<float>;
template class Rotary<double>;

}  // namespace infodiet::engine
