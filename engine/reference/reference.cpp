#include "engine/reference/reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <xtensor-blas/xlinalg.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xsort.hpp>
#include <xtensor/xview.hpp>

namespace infodiet::reference {

namespace {

using xt::all, xt::keep_dims, xt::newaxis, xt::range, xt::view;
using xt::linalg::dot;

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

Matrix transposed(const Matrix& x) {
  return xt::transpose(x);
}

double log_sum_exp(const Vector& x) {
  const double largest = xt::amax(x)();
  return largest + std::log(xt::sum(xt::exp(x - largest))());
}

Matrix sigmoid(const Matrix& x) {
  return 1 / (1 + xt::exp(-x));
}

// The bucket of a distance: exact up to half of the buckets, then geometric.
std::size_t bucket_of(std::size_t distance, std::size_t count, std::size_t longest) {
  const std::size_t exact = longest <= count ? count : std::max<std::size_t>(1, count / 2);
  if (distance < exact) return distance;
  const double share =
      std::log(double(distance) / double(exact)) / std::log(double(std::max(longest, exact + 1)) / double(exact));
  return std::min(count - 1, exact + std::size_t(share * double(count - exact)));
}

}  // namespace

Matrix dot_product(const Matrix& q, const Matrix& k) {
  return dot(q, transposed(k));
}

Matrix scaled_dot_product(const Matrix& q, const Matrix& k) {
  return dot(q, transposed(k)) / std::sqrt(double(q.shape(1)));
}

Matrix additive(const Matrix& q, const Matrix& k, const Vector& u) {
  return xt::sum(u * xt::tanh(view(q, all(), newaxis(), all()) + view(k, newaxis(), all(), all())), {2});
}

Matrix two_stream(const Matrix& q, const Matrix& k, const Matrix& r, const Matrix& s) {
  return dot(q, transposed(k)) + dot(r, transposed(s));
}

Matrix relative_bias(const Vector& bias, std::size_t count, std::size_t longest, std::size_t length) {
  Matrix scores = xt::zeros<double>({length, length});
  for (std::size_t i = 0; i < length; ++i) {
    for (std::size_t j = 0; j < length; ++j) {
      const std::size_t bucket = bucket_of(i > j ? i - j : j - i, count, longest);
      const bool after = j > i;
      if (!after || bias.size() > count) scores(i, j) = bias(bucket + (after ? count : 0));
    }
  }
  return scores;
}

Matrix interval_bias(const Vector& bias, const std::vector<long>& times) {
  Matrix scores = xt::zeros<double>({times.size(), times.size()});
  for (std::size_t i = 0; i < times.size(); ++i) {
    for (std::size_t j = 0; j < times.size(); ++j) {
      const double seconds = 1.0 + double(std::abs(times[i] - times[j]));
      const double octave = std::floor(std::log2(seconds));
      scores(i, j) = bias(2 * std::size_t(octave) + (seconds >= 1.5 * std::exp2(octave) ? 1 : 0));
    }
  }
  return scores;
}

Matrix adaptive_span(double span, double ramp, std::size_t length) {
  const Matrix query = view(xt::arange<double>(double(length)), all(), newaxis());
  const Matrix key = view(xt::arange<double>(double(length)), newaxis(), all());
  return xt::log(xt::clip((ramp + span - xt::abs(query - key)) / ramp, 0.0, 1.0));
}

Matrix softmax(const Matrix& scores) {
  const Matrix largest = xt::amax(scores, {1}, keep_dims);
  const Matrix weights = xt::exp(scores - xt::maximum(largest, std::numeric_limits<double>::lowest()));
  const Matrix total = xt::sum(weights, {1}, keep_dims);
  return weights / xt::maximum(total, std::numeric_limits<double>::min());
}

Matrix entmax15(const Matrix& scores) {
  Matrix low = xt::amax(scores, {1}, keep_dims) / 2 - 1;  // the weights add up to 1 or more here, and to 0 at high
  Matrix high = low + 1;
  for (int halving = 0; halving < 60; ++halving) {
    const Matrix middle = (low + high) / 2;
    const Matrix total = xt::sum(xt::square(xt::maximum(scores / 2 - middle, 0.0)), {1}, keep_dims);
    low = Matrix(xt::where(total >= 1, middle, low));
    high = Matrix(xt::where(total >= 1, high, middle));
  }
  return xt::square(xt::maximum(scores / 2 - low, 0.0));
}

Matrix causal(const Matrix& scores) {
  const auto query = view(xt::arange(scores.shape(0)), all(), newaxis());
  const auto key = view(xt::arange(scores.shape(1)), newaxis(), all());
  return xt::where(key <= query, scores, minus_infinity);
}

Matrix attention(const Matrix& scores, const Matrix& v) {
  return dot(softmax(scores), v);
}

Matrix sparse_attention(const Matrix& scores, const Matrix& v) {
  return dot(entmax15(scores), v);
}

Vector weighted_average(const Matrix& x, const Vector& u) {
  const Matrix scores = view(dot(x, u), newaxis(), all());
  return view(attention(scores, x), 0, all());
}

Matrix multi_head(const Matrix& q, const Matrix& k, const Matrix& v, std::size_t heads, bool only_the_past) {
  Matrix y = xt::zeros<double>({q.shape(0), v.shape(1)});
  for (std::size_t h = 0; h < heads; ++h) {
    const auto columns = [&](const Matrix& x) { return range(h * x.shape(1) / heads, (h + 1) * x.shape(1) / heads); };
    const Matrix scores = scaled_dot_product(view(q, all(), columns(q)), view(k, all(), columns(k)));
    view(y, all(), columns(v)) = attention(only_the_past ? causal(scores) : scores, view(v, all(), columns(v)));
  }
  return y;
}

Matrix Affine::operator()(const Matrix& x) const {
  return dot(x, weight) + bias;
}

Matrix MultiHeadAttention::operator()(const Matrix& x, const Matrix& memory, bool only_the_past) const {
  return out(multi_head(query(x), key(memory), value(memory), heads, only_the_past));
}

Matrix sinusoidal(std::size_t longest, std::size_t width) {
  Matrix table = xt::zeros<double>({longest, width});
  for (std::size_t position = 0; position < longest; ++position) {
    for (std::size_t column = 0; column < width; ++column) {
      const std::size_t even = column - column % 2;
      const double angle = double(position) / std::pow(10000, double(even) / double(width));
      table(position, column) = column % 2 == 0 ? std::sin(angle) : std::cos(angle);
    }
  }
  return table;
}

Matrix rotary(const Matrix& x) {
  Matrix y = x;
  for (std::size_t position = 0; position < x.shape(0); ++position) {
    for (std::size_t i = 0; i + 1 < x.shape(1); i += 2) {
      const double angle = double(position) / std::pow(10000, double(i) / double(x.shape(1)));
      y(position, i) = std::cos(angle) * x(position, i) - std::sin(angle) * x(position, i + 1);
      y(position, i + 1) = std::sin(angle) * x(position, i) + std::cos(angle) * x(position, i + 1);
    }
  }
  return y;
}

Matrix layer_norm(const Matrix& x, const Vector& gain, const Vector& bias) {
  const Matrix mean = xt::mean(x, {1}, keep_dims);
  const Matrix centred = x - mean;
  const Matrix variance = xt::mean(centred * centred, {1}, keep_dims);
  return gain * centred / xt::sqrt(variance + 1e-5) + bias;
}

Matrix l2_normalise(const Matrix& x) {
  const Matrix norms = xt::sqrt(xt::sum(x * x, {1}, keep_dims));
  return x / norms;
}

Matrix gelu(const Matrix& x) {
  return x * (1 + xt::erf(x / std::sqrt(2.0))) / 2;
}

Matrix silu(const Matrix& x) {
  return x * sigmoid(x);
}

Matrix selu(const Matrix& x) {
  return 1.0507009873554805 * xt::where(x > 0, x, 1.6732632423543772 * (xt::exp(x) - 1));
}

Matrix swiglu(const Matrix& x) {
  const std::size_t half = x.shape(1) / 2;
  return silu(view(x, all(), range(0, half))) * view(x, all(), range(half, 2 * half));
}

double cross_entropy(const Matrix& logits, const std::vector<std::size_t>& targets) {
  double loss = 0;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const Vector row = view(logits, t, all());
    loss += log_sum_exp(row) - row(targets[t]);
  }
  return loss / double(targets.size());
}

double sampled_softmax(const Vector& target_logits, const Matrix& drawn_logits, const Vector& log_q) {
  const double drawn = double(log_q.size());
  double loss = 0;
  for (std::size_t t = 0; t < target_logits.size(); ++t) {
    const Vector corrected = view(drawn_logits, t, all()) - std::log(drawn) - log_q;
    loss += log_sum_exp(xt::concatenate(xt::xtuple(Vector{target_logits(t)}, corrected))) - target_logits(t);
  }
  return loss / double(target_logits.size());
}

double binary_cross_entropy(const Vector& target_logits, const Matrix& drawn_logits, double target_weight) {
  const double of_targets = xt::sum(xt::log1p(xt::exp(-target_logits)))();
  const double of_drawn = xt::sum(xt::log1p(xt::exp(drawn_logits)))();
  return (target_weight * of_targets + of_drawn) / double(target_logits.size() + drawn_logits.size());
}

std::vector<std::size_t> assignment(const Matrix& cost) {
  std::vector<std::size_t> columns(cost.shape(1));
  std::iota(columns.begin(), columns.end(), std::size_t{0});
  std::vector<std::size_t> best;
  double least = std::numeric_limits<double>::infinity();
  do {
    double total = 0;
    for (std::size_t row = 0; row < cost.shape(0); ++row) total += cost(row, columns[row]);
    if (total < least) best.assign(columns.begin(), columns.begin() + long(cost.shape(0)));
    least = std::min(least, total);
  } while (std::next_permutation(columns.begin(), columns.end()));
  return best;
}

double plackett_luce(const Vector& scores, const std::vector<std::size_t>& slate) {
  Vector left = scores;
  double log_probability = 0;
  for (const std::size_t item : slate) {
    log_probability += scores(item) - log_sum_exp(left);
    left(item) = minus_infinity;
  }
  return log_probability;
}

}  // namespace infodiet::reference
