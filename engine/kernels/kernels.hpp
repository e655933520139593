// Row kernels: fused loops over contiguous memory, compiled once for each instruction set and chosen at run time.
// No checks and no allocation here; layers check shapes. Matrix products are engine/gemm.hpp's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace infodiet::engine::kernels {

/// Dropout draws: element (row, col) is kept if its 16-bit draw, a function of these numbers, row and col alone, is at
/// least `threshold`; kept elements are multiplied by `scale`. Columns go up to 32,767.
struct DropoutDraw {
  std::uint64_t seed;
  std::uint32_t step;
  std::uint32_t site;  ///< which layer of the network, under 2^20
  std::uint32_t threshold;
  double scale;
};
constexpr std::size_t dropout_columns = std::size_t{1} << 15;
/// Columns drawn together: a tile that begins inside a row must begin at a multiple of this.
constexpr std::size_t dropout_group = 64;
/// Bytes of a row of bits that say which elements were kept. Static, so that each file has its own copy.
static constexpr std::size_t dropout_bytes(std::size_t cols) {
  return (cols + 15) / 16 * 2;
}

/// Position of a block of elements among the rows and columns of the draws.
struct DropoutOrigin {
  std::uint32_t first_row = 0;  ///< the number of the token, or of (token, head)
  std::uint32_t row_step = 1;   ///< from one row to the next
  std::uint32_t first_col = 0;  ///< a multiple of dropout_group
};

/// One step of Adam (Kingma & Ba 2015) or AdamW (Loshchilov & Hutter 2019), with bias corrections that the caller
/// computes.
struct AdamStep {
  double learning_rate;
  double beta1;
  double beta2;
  double epsilon;
  double weight_decay;    ///< shrinks parameters by it times learning_rate: AdamW
  double correction1;     ///< 1 - beta1^t
  double correction2;     ///< 1 - beta2^t
  double gradient_scale;  ///< multiplies every gradient first, for clipping
};

/// Contiguous rows. Like all types that kernels take it has no member functions: a copy compiled here for one
/// instruction set could be the one that the linker keeps for the whole program.
template <class T>
struct Rows {
  T* data;
  std::size_t rows;
  std::size_t cols;
};

/// (cols) gain and bias of a layer norm, or their gradients.
template <class T>
struct Affine {
  T* gain;
  T* bias;
};

/// (rows) mean and deviation of each row, kept for the backward pass of a layer norm.
template <class T>
struct Moments {
  T* mean;
  T* inverse_deviation;  ///< 1 / sqrt(variance + epsilon)
};

/// The keys of an additive score, or their gradients: rows `stride` apart.
template <class T>
struct AdditiveKeys {
  T* data;
  std::size_t stride;
};

/// Gradients of an additive score, to which backward adds.
template <class T>
struct AdditiveGradients {
  T* query;  ///< (width)
  AdditiveKeys<T> keys;
  T* u;  ///< (width)
};

/// Every kernel for one element type. Rows are contiguous unless a stride is given.
template <class T>
struct Table {
  /// y (cols, rows) = x (rows, cols) transposed; rows of x are `stride` apart.
  void (*transpose)(const T* x, std::size_t rows, std::size_t cols, std::size_t stride, T* y);
  /// y[r][c] += bias[c]
  void (*add_row)(T* y, std::size_t rows, std::size_t cols, const T* bias);
  /// sums[c] += sum over r of x[r][c]
  void (*add_column_sums)(const T* x, std::size_t rows, std::size_t cols, T* sums);
  /// y += x
  void (*add)(T* y, const T* x, std::size_t n);
  /// y += a x
  void (*add_scaled)(T* y, T a, const T* x, std::size_t n);
  /// z = x y, element by element; z may be either.
  void (*product)(const T* x, const T* y, T* z, std::size_t n);
  /// y *= a
  void (*multiply)(T* y, T a, std::size_t n);
  /// sum of x y
  T (*dot)(const T* x, const T* y, std::size_t n);
  /// dots[r] = sum over c of x[r][c] y[c]
  void (*row_dots)(const T* x, std::size_t rows, std::size_t cols, const T* y, T* dots);
  /// The first index from `from` on whose value is above `least`, or n; NaN is never above.
  std::size_t (*next_above)(const T* x, std::size_t n, std::size_t from, T least);
  /// Sum of squares of x.
  double (*sum_of_squares)(const T* x, std::size_t n);

  /// y = gain (x - mean) / sqrt(variance + epsilon) + bias by row.
  void (*layer_norm)(Rows<const T> x, Affine<const T> affine, T epsilon, T* y, Moments<T> moments);
  /// dx is written and may be dy; daffine is added to.
  void (*layer_norm_backward)(Rows<const T> x, const T* dy, const T* gain, Moments<const T> moments, T* dx,
                              Affine<T> daffine);

  /// y = scale x / max(|x|, smallest) by row; keeps 1 / max(|x|, smallest), or 0 where |x| is below smallest. y may be
  /// x.
  void (*l2_normalise)(Rows<const T> x, T scale, T* y, T* inverse_norms);
  /// dx from dy and the output y; dx may be dy.
  void (*l2_normalise_backward)(Rows<const T> y, const T* dy, T scale, const T* inverse_norms, T* dx);

  /// y = x Phi(x), the exact GELU (Hendrycks & Gimpel 2016).
  void (*gelu)(const T* x, T* y, std::size_t n);
  /// dx = dy (Phi(x) + x phi(x))
  void (*gelu_backward)(const T* x, const T* dy, T* dx, std::size_t n);
  /// y = max(x, 0)
  void (*relu)(const T* x, T* y, std::size_t n);
  /// dx = dy where x > 0, else 0
  void (*relu_backward)(const T* x, const T* dy, T* dx, std::size_t n);
  /// y = scale x sigmoid(x)
  void (*silu)(const T* x, T scale, T* y, std::size_t n);
  /// dx = scale dy sigmoid(x) (1 + x (1 - sigmoid(x))); dx may be dy.
  void (*silu_backward)(const T* x, const T* dy, T scale, T* dx, std::size_t n);
  /// y[r] = x[r][0..cols) sigmoid(x[r][0..cols)) x[r][cols..2 cols)
  void (*swiglu)(const T* x, std::size_t rows, std::size_t cols, T* y);
  /// dx (rows, 2 cols) from dy (rows, cols)
  void (*swiglu_backward)(const T* x, const T* dy, std::size_t rows, std::size_t cols, T* dx);
  /// y += sigmoid(gate) x
  void (*add_gated)(T* y, const T* gate, const T* x, std::size_t n);
  /// dx = dy sigmoid(gate); dgate = dy x sigmoid(gate) (1 - sigmoid(gate))
  void (*add_gated_backward)(const T* gate, const T* x, const T* dy, T* dx, T* dgate, std::size_t n);

  /// One token of a gated recurrent unit of width n: gates (az, ar, ac) become z = sigmoid(az + uz), r = sigmoid(ar +
  /// ur) and c = tanh(ac + r uc), given recalled (uz, ur, uc); h = z before + (1 - z) c, and may be `before`.
  void (*gru_token)(T* gates, const T* recalled, const T* before, T* h, std::size_t n);

  /// One tile of a row whose softmax is taken tile by tile (Milakov & Gimelshein 2018): x becomes exp(x - m) with m the
  /// largest score so far. Updates m and the total of the row's exponentials, and returns the factor that earlier
  /// results of the row must be multiplied by. Scores of minus infinity get 0; before the first tile m is minus
  /// infinity.
  T (*softmax_tile)(T* x, std::size_t n, T* largest, T* total);
  /// x becomes exp(x - log_sum): the softmax, recomputed from its saved normaliser.
  void (*softmax_from_log_sum)(T* x, std::size_t n, T log_sum);
  /// dp becomes p (dp - inner), where inner is the sum of p dp over the whole row.
  void (*softmax_backward)(const T* p, T* dp, std::size_t n, T inner);

  /// y = dropout of x; y may be x.
  void (*dropout)(const DropoutDraw& draw, const DropoutOrigin& origin, Rows<const T> x, T* y);
  /// y = dropout of x and z = dropout of z with the same draws.
  void (*dropout_both)(const DropoutDraw& draw, const DropoutOrigin& origin, Rows<const T> x, T* y, T* z);
  /// y = added + dropout of y, where `added` is null or as large; writes dropout_bytes of bits for each row.
  void (*dropout_noting)(const DropoutDraw& draw, const DropoutOrigin& origin, Rows<T> y, const T* added,
                         std::uint8_t* bits);
  /// y = x times scale where the bits say that the element was kept, else 0; y may be x.
  void (*dropout_noted)(const std::uint8_t* bits, double scale, Rows<const T> x, T* y);

  /// Rotates the pairs (x[2 i], x[2 i + 1]) of each of `heads` adjacent spans of `width` by angles given as cosines and
  /// sines (width / 2 each).
  void (*rotate)(T* x, std::size_t heads, std::size_t width, const T* cosines, const T* sines);

  /// scores[j] += table[interval_bucket(time - times[j])]
  void (*add_interval_bias)(T* scores, std::size_t n, std::int32_t time, const std::int32_t* times, const T* table);
  /// dtable[interval_bucket(time - times[j])] += dscores[j]
  void (*add_interval_bias_backward)(const T* dscores, std::size_t n, std::int32_t time, const std::int32_t* times,
                                     T* dtable);

  /// scores[j] += sum over a of u[a] tanh(query[a] + keys[j][a]), the additive score of Bahdanau et al. 2015. `u` is
  /// one row, as wide as query and keys.
  void (*add_additive_scores)(const T* query, AdditiveKeys<const T> keys, Rows<const T> u, std::size_t n, T* scores);
  /// From n gradients of scores.
  void (*add_additive_scores_backward)(const T* query, AdditiveKeys<const T> keys, Rows<const T> u, std::size_t n,
                                       const T* dscores, AdditiveGradients<T> gradients);

  /// logits becomes weight (softmax(logits) - [target]), the gradient of the loss weight * -log
  /// softmax(logits)[target]; returns -log softmax(logits)[target] without the weight. Logits may be minus infinity,
  /// the target's may not.
  T (*cross_entropy)(T* logits, std::size_t n, std::size_t target, T weight);
  /// logits becomes the gradient of weight times the loss; returns the loss, the sum of -log sigmoid(sign logits).
  T (*logistic_loss)(T* logits, std::size_t n, T sign, T weight);

  /// Parameters, first and second moments are updated in place from the gradient.
  void (*adam)(const AdamStep& step, T* parameters, const T* gradient, T* first, T* second, std::size_t n);
};

/// Rows whose dot products with a query are computed together.
constexpr std::size_t int8_block = 8;

/// Kernels on 8-bit integers.
struct Int8Table {
  /// dots[r] = sum over c of row r's c-th number times the query's, for blocks of int8_block rows. All numbers are from
  /// -127 to 127. A block holds, for each four columns in turn, those columns of its rows one after the other; columns
  /// are padded with 0 to 4 `quads`.
  void (*block_dots)(const std::int8_t* rows, std::size_t blocks, std::size_t quads, const std::int8_t* query,
                     std::int32_t* dots);
};

/// Buckets of time differences. That of d >= 0 (or -d) seconds, two to an octave: with 1 + d in [2^e, 2^(e+1)) it is 2
/// e, or 2 e + 1 in the octave's upper half.
constexpr std::size_t interval_buckets = 64;

/// Instruction sets that kernels are compiled for.
enum class InstructionSet { portable, avx2, avx512 };

/// Its name for users, such as "avx2".
const char* name_of(InstructionSet set);

/// The kernels for one instruction set; the machine must support it (tests compare the sets).
template <class T>
const Table<T>& table(InstructionSet set);

/// The same for 8-bit integers.
const Int8Table& int8_table(InstructionSet set);

/// The instruction sets that this build and this machine support, the best last.
std::span<const InstructionSet> instruction_sets();

/// The last of instruction_sets().
InstructionSet best_instruction_set();

/// The kernels for the best instruction set of this machine.
template <class T>
const Table<T>& best() {
  static const Table<T>& chosen = table<T>(best_instruction_set());
  return chosen;
}

/// The same for 8-bit integers.
inline const Int8Table& best_int8() {
  static const Int8Table& chosen = int8_table(best_instruction_set());
  return chosen;
}

}  // namespace infodiet::engine::kernels
