#include "rl/diet/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/errors.hpp"

namespace infodiet::rl {

namespace {

void require_same_topics(const char* function, std::span<const double> p, std::span<const double> q) {
  if (p.size() == q.size()) return;
  throw ShapeError(fmt::format("{}: shares of {} and of {} topics: expected both over the same topics", function,
                               p.size(), q.size()));
}

/// p ln(p / q), 0 where p is 0.
double divergence_term(double p, double q) {
  return p > 0 ? p * std::log(p / q) : 0;
}

}  // namespace

double effective_topics(std::span<const double> shares) {
  double entropy = 0;
  for (const double p : shares) entropy -= divergence_term(p, 1);
  return std::exp(entropy);
}

double simpson(std::span<const double> shares) {
  double same = 0;
  for (const double p : shares) same += p * p;
  return 1 - same;
}

double coverage(std::span<const double> shares) {
  const auto present = std::count_if(shares.begin(), shares.end(), [](double p) { return p > 0; });
  return static_cast<double>(present) / static_cast<double>(shares.size());
}

double majority_share(std::span<const double> shares) {
  return *std::max_element(shares.begin(), shares.end());
}

double steck_divergence(std::span<const double> interest, std::span<const double> list) {
  require_same_topics("steck_divergence", interest, list);
  double sum = 0;
  for (std::size_t g = 0; g < interest.size(); ++g) {
    sum += divergence_term(interest[g], 0.99 * list[g] + 0.01 * interest[g]);
  }
  return sum;
}

double root_jensen_shannon(std::span<const double> p, std::span<const double> q) {
  require_same_topics("root_jensen_shannon", p, q);
  constexpr double smoothing = 0.001;
  double sum = 0;
  for (std::size_t g = 0; g < p.size(); ++g) {
    const double a = (1 - smoothing) * p[g] + smoothing * q[g];
    const double b = (1 - smoothing) * q[g] + smoothing * p[g];
    const double middle = (a + b) / 2;
    sum += divergence_term(a, middle) / 2 + divergence_term(b, middle) / 2;
  }
  return std::sqrt(std::max(0.0, sum / std::log(2)));
}

}  // namespace infodiet::rl
