#include "engine/layers/gru.hpp"

#include <algorithm>

#include "engine/gemm.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

namespace {

/// Token t of every sequence.
template <class S>
S tokens_at(S rows, std::size_t t, std::size_t length) {
  return {rows.row(t), rows.rows / length, rows.cols, rows.stride * length};
}

}  // namespace

template <class T>
Gru<T>::Gru(ParameterLayout& layout, const std::string& name, const Options& options)
    : name_(name),
      width_(options.width),
      input_(
          layout, name + ".input",
          {.in = options.in, .out = 3 * options.width, .initialiser = Initialiser::glorot(options.in, options.width)}),
      recurrent_(layout.add_matrix(name + ".recurrent", options.width, 3 * options.width,
                                   Initialiser::glorot(options.width, options.width))) {}

template <class T>
void Gru<T>::forward(const Run<T>& run, MatrixSpan<const T> x, std::size_t length, Cache& cache, Matrix<T>& h) const {
  const std::size_t sequences = length > 0 ? x.rows / length : 0;
  require_size(x.rows, sequences * length, name_, "the number of tokens", "the same number for each sequence");
  input_.forward(run.parameters, x, cache.gates);
  cache.recalled.resize({x.rows, width_});
  h.resize({x.rows, width_});
  auto recalled = run.workspace.take(sequences, 3 * width_);
  auto nothing = run.workspace.take(1, width_);
  std::fill(nothing->begin(), nothing->end(), T{0});
  std::fill(recalled->begin(), recalled->end(), T{0});
  const kernels::Table<T>& kernel = kernels::best<T>();
  for (std::size_t t = 0; t < length; ++t) {
    if (t > 0) {
      gemm<T>({tokens_at(MatrixSpan<const T>(h), t - 1, length)}, plain<T>(run.parameters.matrix(recurrent_)),
              *recalled);
    }
    for (std::size_t s = 0; s < sequences; ++s) {
      const std::size_t row = s * length + t;
      const T* u = &(*recalled)(s, 0);
      kernel.gru_token(&cache.gates(row, 0), u, t > 0 ? &h(row - 1, 0) : nothing->data(), &h(row, 0), width_);
      std::copy_n(u + 2 * width_, width_, &cache.recalled(row, 0));
    }
  }
}

template <class T>
void Gru<T>::step(const Run<T>& run, MatrixSpan<const T> x, MatrixSpan<T> h) const {
  require_size(h.rows, x.rows, name_, "the number of sequences", "one for each token");
  auto gates = run.workspace.take(0, 0);
  input_.forward(run.parameters, x, *gates);
  auto recalled = run.workspace.take(h.rows, 3 * width_);
  gemm<T>(plain<T>(h), plain<T>(run.parameters.matrix(recurrent_)), *recalled);
  for (std::size_t s = 0; s < h.rows; ++s) {
    kernels::best<T>().gru_token(&(*gates)(s, 0), &(*recalled)(s, 0), h.row(s), h.row(s), width_);
  }
}

template <class T>
void Gru<T>::backward(const Run<T>& run, MatrixSpan<const T> x, std::size_t length, const Cache& cache,
                      const Matrix<T>& h, Matrix<T>& dh, Matrix<T>* dx) const {
  require_shape(dh, {x.rows, width_}, name_, "the output's gradient", "is it from another forward pass?");
  auto dgates = run.workspace.take(x.rows, 3 * width_);
  auto drecalled = run.workspace.take(x.rows, 3 * width_);
  for (std::size_t t = length; t-- > 0;) {
    for (std::size_t row = t; row < x.rows; row += length) {
      const T* z = &cache.gates(row, 0);
      const T* r = z + width_;
      const T* c = r + width_;
      T* da = &(*dgates)(row, 0);
      T* du = &(*drecalled)(row, 0);
      for (std::size_t j = 0; j < width_; ++j) {
        const T slope = dh(row, j);
        const T before = t > 0 ? h(row - 1, j) : T{0};
        // forward: h becomes z h + (1 - z) c
        if (t > 0) dh(row - 1, j) += slope * z[j];
        // forward: z = sigmoid(az + uz), r = sigmoid(ar + ur), c = tanh(ac + r uc)
        const T dc = slope * (1 - z[j]) * (1 - c[j] * c[j]);
        da[j] = slope * (before - c[j]) * z[j] * (1 - z[j]);
        da[width_ + j] = dc * cache.recalled(row, j) * r[j] * (1 - r[j]);
        da[2 * width_ + j] = dc;
        du[2 * width_ + j] = dc * r[j];
      }
      std::copy_n(da, 2 * width_, du);
      // Before the first token h is 0, so that U has no part in its gates.
      if (t == 0) std::fill_n(du, 3 * width_, T{0});
    }
    // forward: (uz, ur, uc) = h U
    if (t == 0) continue;
    gemm<T>({tokens_at(MatrixSpan<const T>(*drecalled), t, length)}, transposed<T>(run.parameters.matrix(recurrent_)),
            tokens_at(MatrixSpan<T>(dh), t - 1, length), {.alpha = 1, .beta = 1});
  }
  if (x.rows > 1) {
    gemm<T>({MatrixSpan<const T>(h).rows_from(0, x.rows - 1), Transpose::yes},
            {MatrixSpan<const T>(*drecalled).rows_from(1, x.rows - 1)}, run.required_gradients().matrix(recurrent_),
            {.alpha = 1, .beta = 1});
  }
  // forward: (az, ar, ac) = x W + b
  if (dx == nullptr) {
    input_.backward_weights(x, *dgates, run.required_gradients());
  } else {
    input_.backward(run.parameters, x, *dgates, *dx, run.required_gradients());
  }
}

template class Gru<float>;
template class Gru<double>;

}  // namespace infodiet::engine
