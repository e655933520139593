#include "recsys/attention/blend.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "engine/kernels/kernels.hpp"

namespace infodiet::recsys {

namespace {

// Below what a distribution can tell from 0, above what float can.
constexpr double least_sum = 1e-30;
constexpr double linear_temperature = 0.05;

}  // namespace

std::vector<double> Blend::weights_at(std::size_t length) const {
  const auto n = static_cast<double>(length);
  const auto above = std::upper_bound(lengths.begin(), lengths.end(), n);
  if (above == lengths.begin()) return weights.front();
  if (above == lengths.end()) return weights.back();
  const auto upper = static_cast<std::size_t>(above - lengths.begin());
  const double from = std::log1p(lengths[upper - 1]);
  const double share = (std::log1p(n) - from) / (std::log1p(lengths[upper]) - from);
  std::vector<double> between(weights[upper].size());
  for (std::size_t m = 0; m < between.size(); ++m) {
    between[m] = (1 - share) * weights[upper - 1][m] + share * weights[upper][m];
  }
  return between;
}

bool is_distribution(std::span<const double> weights) {
  return std::all_of(weights.begin(), weights.end(), [](double w) { return w >= 0 && w <= 1; }) &&
         std::abs(std::accumulate(weights.begin(), weights.end(), 0.0) - 1) < 1e-6;
}

BlendPart as_part(std::shared_ptr<const Recommender> model) {
  const bool linear = model->name() == "ease";
  return {.model = std::move(model), .temperature = linear ? linear_temperature : 0};
}

Blend blend_with(std::shared_ptr<const Recommender> model, double weight) {
  if (weight == 0) return {};
  return {.parts = {as_part(std::move(model))}, .lengths = {0}, .weights = {{1 - weight, weight}}};
}

double numerators_of(std::span<const float> scores, double temperature, std::vector<double>& numerators) {
  numerators.assign(scores.begin(), scores.end());
  if (temperature == 0) return std::max(least_sum, std::reduce(numerators.begin(), numerators.end(), 0.0));
  for (double& numerator : numerators) numerator /= temperature;
  double highest = -std::numeric_limits<double>::infinity();
  double sum = 0;
  engine::kernels::best<double>().softmax_tile(numerators.data(), numerators.size(), &highest, &sum);
  return sum;
}

}  // namespace infodiet::recsys
