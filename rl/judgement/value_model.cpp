#include "rl/judgement/value_model.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/random.hpp"
#include "rl/policies/slateq/linear_system.hpp"

namespace infodiet::rl {

namespace {

constexpr std::size_t most_folds = 5;

/// (sessions) numbers below `folds`, the same for sessions of one person.
std::vector<std::size_t> deal(const std::vector<std::int64_t>& person, std::size_t& folds, std::uint64_t seed) {
  std::map<std::int64_t, std::size_t> numbers;
  for (const std::int64_t one : person) numbers.emplace(one, 0);
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  engine::RandomStream stream(seed, engine::Purpose::shuffle);
  engine::shuffle(std::span(order), stream);
  folds = std::min(most_folds, numbers.size());
  std::size_t next = 0;
  for (auto& [one, number] : numbers) number = order[next++] % folds;
  std::vector<std::size_t> fold;
  fold.reserve(person.size());
  for (const std::int64_t one : person) fold.push_back(numbers.at(one));
  return fold;
}

/// (features) the reciprocal scale of each, so that one ridge suits all.
SlateFeatures scales_of(const ValueModelInput& input) {
  SlateFeatures squares{};
  double count = 0;
  for (std::size_t i = 0; i < input.sessions; ++i) {
    for (std::size_t t = 0; t < input.length[i]; ++t, ++count) {
      const SlateFeatures& x = input.shown[i * input.steps + t];
      for (std::size_t j = 0; j < x.size(); ++j) squares[j] += x[j] * x[j];
    }
  }
  for (double& scale : squares) scale = scale > 0 ? 1 / std::sqrt(scale / count) : 0;
  return squares;
}

SlateFeatures scaled(const SlateFeatures& x, const SlateFeatures& scales) {
  SlateFeatures y;
  for (std::size_t j = 0; j < x.size(); ++j) y[j] = x[j] * scales[j];
  return y;
}

double dot(const std::vector<double>& w, const SlateFeatures& x, const SlateFeatures& scales) {
  double sum = 0;
  for (std::size_t j = 0; j < x.size(); ++j) sum += w[j] * scales[j] * x[j];
  return sum;
}

}  // namespace

ModelValues fit_values(const ValueModelInput& input, std::uint64_t seed) {
  constexpr double ridge_a_row = 1e-3;
  ModelValues values{std::vector<double>(input.sessions * input.steps, 0.0),
                     std::vector<double>(input.sessions * input.steps, 0.0)};
  std::size_t folds = 1;
  const std::vector<std::size_t> fold = deal(input.person, folds, seed);
  if (folds < 2) return values;
  const SlateFeatures scales = scales_of(input);
  for (std::size_t held = 0; held < folds; ++held) {
    std::vector<double> next;  // weights of step t + 1
    for (std::size_t t = input.steps; t-- > 0;) {
      NormalEquations fit(slate_feature_count);
      double rows = 0;
      for (std::size_t i = 0; i < input.sessions; ++i) {
        if (fold[i] == held || t >= input.length[i]) continue;
        const std::size_t at = i * input.steps + t;
        const double after = t + 1 < input.length[i] ? dot(next, input.expected[at + 1], scales) : 0;
        fit.add(scaled(input.shown[at], scales), input.reward[at] + after);
        ++rows;
      }
      next = rows > 0 ? fit.solve(ridge_a_row * rows) : std::vector<double>(slate_feature_count, 0.0);
      for (std::size_t i = 0; i < input.sessions; ++i) {
        if (fold[i] != held || t >= input.length[i]) continue;
        const std::size_t at = i * input.steps + t;
        values.action[at] = dot(next, input.shown[at], scales);
        values.state[at] = dot(next, input.expected[at], scales);
      }
    }
  }
  return values;
}

}  // namespace infodiet::rl
