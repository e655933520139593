// Row kernels: fused loops over contiguous memory, compiled once for each instruction set and chosen at run time.
// No checks and no allocation here; layers check shapes. Matrix products are engine/gemm.hpp's.
#pragma once

#include <cstddef>
#include <cstdint>

namespace infodiet::engine::kernels {

/// Dropout draws: element (row, col) is kept if its 16-bit draw, a function of these numbers, row and col alone, is at
/// least `threshold`; kept elements are multiplied by `scale`. Columns go up to 32,767.
struct DropoutDraw {
  std::uint64_t seed;
  std::uint32_t step;
  std::uint32_t site;  ///< which place in the network, under 2^20
  std::uint32_t threshold;
  double scale;
};

/// One step of AdamW (Loshchilov & Hutter 2019) with the bias corrections folded in by the caller.
struct AdamWStep {
  double rate;
  double beta1;
  double beta2;
  double epsilon;
  double weight_decay;
  double correction1;     ///< 1 - beta1^t
  double correction2;     ///< 1 - beta2^t
  double gradient_scale;  ///< multiplies every gradient first, for clipping
};

/// Every kernel for one element type. Rows are contiguous unless a stride is given.
template <class T>
struct Table {
  /// y[r][c] += bias[c]
  void (*add_row)(T* y, std::size_t rows, std::size_t cols, const T* bias);
  /// sums[c] += sum over r of x[r][c]
  void (*add_column_sums)(const T* x, std::size_t rows, std::size_t cols, T* sums);
  /// y += x
  void (*add)(T* y, const T* x, std::size_t n);
  /// Sum of squares of x.
  double (*sum_of_squares)(const T* x, std::size_t n);

  /// y = gain (x - mean) / sqrt(variance + epsilon) + bias by row; keeps mean and 1 / sqrt(variance + epsilon).
  void (*layer_norm)(const T* x, std::size_t rows, std::size_t cols, const T* gain, const T* bias, T epsilon, T* y,
                     T* mean, T* inverse_deviation);
  /// dx is written; dgain and dbias are added to.
  void (*layer_norm_backward)(const T* x, const T* dy, std::size_t rows, std::size_t cols, const T* gain, const T* mean,
                              const T* inverse_deviation, T* dx, T* dgain, T* dbias);

  /// y = x Phi(x), the exact GELU (Hendrycks & Gimpel 2016).
  void (*gelu)(const T* x, T* y, std::size_t n);
  /// dx = dy (Phi(x) + x phi(x))
  void (*gelu_backward)(const T* x, const T* dy, T* dx, std::size_t n);

  /// x becomes softmax(scale x); returns log of the sum of exp(scale x). With n = 0 returns minus infinity.
  T (*softmax)(T* x, std::size_t n, T scale);
  /// x becomes exp(scale x - log_sum): the softmax again, from its saved normaliser.
  void (*softmax_from_log_sum)(T* x, std::size_t n, T scale, T log_sum);
  /// dp becomes scale p (dp - sum of p dp): the gradient of softmax(scale s) with respect to s.
  void (*softmax_backward)(const T* p, T* dp, std::size_t n, T scale);

  /// y[r][c] = dropout of x[r][c], row r drawn as row first_row + r * row_step of the draw; y may be x.
  void (*dropout)(const DropoutDraw& draw, std::uint32_t first_row, std::uint32_t row_step, const T* x, T* y,
                  std::size_t rows, std::size_t cols);

  /// logits becomes weight (softmax(logits) - [target]), the gradient of the loss weight * -log
  /// softmax(logits)[target]; returns -log softmax(logits)[target] without the weight.
  T (*cross_entropy)(T* logits, std::size_t n, std::size_t target, T weight);

  /// Parameters, first and second moments are updated in place from the gradient.
  void (*adamw)(const AdamWStep& step, T* parameters, const T* gradient, T* first, T* second, std::size_t n);
};

enum class InstructionSet { portable, avx2 };

/// The kernels for one instruction set; the caller makes sure that this machine has it (tests compare them).
template <class T>
const Table<T>& table(InstructionSet set);

/// The best instruction set of this machine.
InstructionSet best_instruction_set();

/// The kernels for the best instruction set of this machine.
template <class T>
const Table<T>& best() {
  static const Table<T>& chosen = table<T>(best_instruction_set());
  return chosen;
}

}  // namespace infodiet::engine::kernels
