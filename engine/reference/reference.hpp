// What the engine computes, as plainly as possible: each formula in a few lines of xtensor expressions, in double,
// slow, on whole matrices. The engine's tests compare with it, and a learner reads it first (engine/README.md quotes
// it). Only tests link it.
//
// Letters: L queries or tokens of one sequence, M keys, D width, H heads, V items. Matrices multiply on the right.
#pragma once

#include <cstddef>
#include <vector>

#include <xtensor/xtensor.hpp>

namespace infodiet::reference {

using Matrix = xt::xtensor<double, 2>;
using Vector = xt::xtensor<double, 1>;

// Scores (L, M) of queries and keys.

/// q . k (Luong et al. 2015). q (L, D), k (M, D).
Matrix dot_product(const Matrix& q, const Matrix& k);
/// q . k / sqrt(D) (Vaswani et al. 2017).
Matrix scaled_dot_product(const Matrix& q, const Matrix& k);
/// u . tanh(q + k) (Bahdanau et al. 2015). q (L, A), k (M, A), u (A).
Matrix additive(const Matrix& q, const Matrix& k, const Vector& u);
/// q . k + r . s: content and a second stream (Yang et al. 2019).
Matrix two_stream(const Matrix& q, const Matrix& k, const Matrix& r, const Matrix& s);
/// (L, L) biases by distance: bias[bucket of |i - j|], keys after the query in the second half of `bias` (Raffel et al.
/// 2020). Half of the `count` buckets hold one distance each, the others grow geometrically up to `longest`.
Matrix relative_bias(const Vector& bias, std::size_t count, std::size_t longest, std::size_t length);
/// (L, L) biases by the time between tokens, two buckets to an octave of seconds (after Zhai et al. 2024).
Matrix interval_bias(const Vector& bias, const std::vector<long>& times);
/// (L, L) of log clamp((ramp + span - |i - j|) / ramp, 0, 1): what a head's learned span adds (Sukhbaatar et al. 2019).
Matrix adaptive_span(double span, double ramp, std::size_t length);

// From scores to outputs.

/// Each row exp(s) / sum of exp(s). A row of minus infinity gives zeros.
Matrix softmax(const Matrix& scores);
/// Each row max(s / 2 - t, 0)^2 with t such that it sums to 1 (Peters et al. 2019, 1.5-entmax).
Matrix entmax15(const Matrix& scores);
/// Scores with those of keys after the query at minus infinity.
Matrix causal(const Matrix& scores);
/// softmax(scores) v.
Matrix attention(const Matrix& scores, const Matrix& v);
/// entmax15(scores) v.
Matrix sparse_attention(const Matrix& scores, const Matrix& v);
/// The average (D) of x (L, D) weighted by softmax(x . u).
Vector weighted_average(const Matrix& x, const Vector& u);
/// One scaled dot-product attention for each head's columns, side by side.
Matrix multi_head(const Matrix& q, const Matrix& k, const Matrix& v, std::size_t heads, bool only_the_past);

/// y = x W + b.
struct Affine {
  Matrix weight;
  Vector bias;
  Matrix operator()(const Matrix& x) const;
};
/// Tokens x (L, D) attend to a memory (M, Dm): multi_head(query(x), key(memory), value(memory)), through `out`.
struct MultiHeadAttention {
  Affine query, key, value, out;
  std::size_t heads;
  Matrix operator()(const Matrix& x, const Matrix& memory, bool only_the_past) const;
};

// Positions.

/// (longest, D): sines and cosines of position / 10000^(2 i / D) (Vaswani et al. 2017).
Matrix sinusoidal(std::size_t longest, std::size_t width);
/// Pairs of columns rotated by position / 10000^(2 i / D) (Su et al. 2021).
Matrix rotary(const Matrix& x);

// Token by token.

/// gain (x - mean) / sqrt(variance + 1e-5) + bias (Ba et al. 2016).
Matrix layer_norm(const Matrix& x, const Vector& gain, const Vector& bias);
/// x / |x| by row.
Matrix l2_normalise(const Matrix& x);
/// x Phi(x) (Hendrycks & Gimpel 2016).
Matrix gelu(const Matrix& x);
/// x sigmoid(x) (Elfwing et al. 2018).
Matrix silu(const Matrix& x);
/// 1.0507 (x > 0 ? x : 1.6733 (exp(x) - 1)) (Klambauer et al. 2017).
Matrix selu(const Matrix& x);
/// silu(a) b of the halves of every row (Shazeer 2020).
Matrix swiglu(const Matrix& x);

// Losses: means over tokens.

/// -log softmax(logits)[target].
double cross_entropy(const Matrix& logits, const std::vector<std::size_t>& targets);
/// The same over a target and N items drawn with probability q, whose logits are lowered by log(N q).
double sampled_softmax(const Vector& target_logits, const Matrix& drawn_logits, const Vector& log_q);
/// -weight log sigmoid(target) - log sigmoid(-drawn), over the number of terms; gBCE has a weight under 1.
double binary_cross_entropy(const Vector& target_logits, const Matrix& drawn_logits, double target_weight);

/// The column of each row at the least total cost, by trying all assignments.
std::vector<std::size_t> assignment(const Matrix& cost);

/// log p of drawing this ordered slate: an item by softmax, then one from what is left, and so on (Plackett 1975).
double plackett_luce(const Vector& scores, const std::vector<std::size_t>& slate);

}  // namespace infodiet::reference
