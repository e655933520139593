#include "rl/agent/plackett_luce.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/errors.hpp"

namespace infodiet::rl {

namespace {

constexpr double log_zero = -std::numeric_limits<double>::infinity();

double log_sum_exp(std::span<const double> z) {
  const double largest = *std::max_element(z.begin(), z.end());
  double sum = 0;
  for (const double value : z) sum += std::exp(value - largest);
  return largest + std::log(sum);
}

double log_add_exp(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == log_zero ? a : a + std::log1p(std::exp(b - a));
}

void require_same_size(const char* function, std::size_t scores, std::size_t others) {
  if (scores == others) return;
  throw ShapeError(fmt::format("{}: {} scores but {} gradients: give one for each score", function, scores, others));
}

/// rank[i] is the rank of candidate i in the slate, or K for those not shown.
std::vector<std::size_t> ranks(std::span<const double> scores, std::span<const Position> slate) {
  check_slate(slate, slate.size(), scores.size());
  std::vector<std::size_t> rank(scores.size(), slate.size());
  for (std::size_t j = 0; j < slate.size(); ++j) rank[slate[j]] = j;
  return rank;
}

/// log_totals[j] = logsumexp of z over the items not in a_{<j}, from the last rank to the first: sums only grow, so
/// nothing cancels.
std::vector<double> log_totals(std::span<const double> scores, std::span<const Position> slate,
                               std::span<const std::size_t> rank) {
  std::vector<double> not_shown;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (rank[i] == slate.size()) not_shown.push_back(scores[i]);
  }
  double total = not_shown.empty() ? log_zero : log_sum_exp(not_shown);
  std::vector<double> totals(slate.size());
  for (std::size_t j = slate.size(); j-- > 0;) {
    total = log_add_exp(total, scores[slate[j]]);
    totals[j] = total;
  }
  return totals;
}

/// In how many draws a candidate of this rank took part.
std::size_t draws_of(std::size_t rank, std::size_t slate_size) {
  return std::min(rank + 1, slate_size);
}

/// (K) entropy of the softmax of each draw.
std::vector<double> draw_entropies(std::span<const double> scores, std::span<const std::size_t> rank,
                                   std::span<const double> totals) {
  std::vector<double> entropies(totals.size(), 0.0);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t j = 0; j < draws_of(rank[i], totals.size()); ++j) {
      const double log_p = scores[i] - totals[j];
      entropies[j] -= std::exp(log_p) * log_p;
    }
  }
  return entropies;
}

}  // namespace

double slate_log_probability(std::span<const double> scores, std::span<const Position> slate) {
  const std::vector<double> totals = log_totals(scores, slate, ranks(scores, slate));
  double log_probability = 0;
  for (std::size_t j = 0; j < slate.size(); ++j) log_probability += scores[slate[j]] - totals[j];
  return log_probability;
}

double slate_entropy(std::span<const double> scores, std::span<const Position> slate) {
  const std::vector<std::size_t> rank = ranks(scores, slate);
  const std::vector<double> entropies = draw_entropies(scores, rank, log_totals(scores, slate, rank));
  return std::accumulate(entropies.begin(), entropies.end(), 0.0);
}

double largest_slate_entropy(std::size_t candidates, std::size_t size) {
  return std::lgamma(static_cast<double>(candidates + 1)) - std::lgamma(static_cast<double>(candidates - size + 1));
}

double unordered_slate_entropy(std::size_t size) {
  return std::lgamma(static_cast<double>(size + 1));
}

double add_slate_gradient(std::span<const double> scores, std::span<const Position> slate, const SlateWeights& weights,
                          std::span<double> gradient) {
  require_same_size("add_slate_gradient", scores.size(), gradient.size());
  const std::vector<std::size_t> rank = ranks(scores, slate);
  const std::vector<double> totals = log_totals(scores, slate, rank);
  const std::vector<double> entropies = draw_entropies(scores, rank, totals);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    double slope = rank[i] < slate.size() ? weights.advantage : 0;
    for (std::size_t j = 0; j < draws_of(rank[i], slate.size()); ++j) {
      const double log_p = scores[i] - totals[j];
      slope -= std::exp(log_p) * (weights.advantage + weights.entropy * (log_p + entropies[j]));
    }
    gradient[i] += slope;
  }
  return std::accumulate(entropies.begin(), entropies.end(), 0.0);
}

void sample_slate(std::span<const double> scores, engine::RandomStream& stream, std::span<Position> slate) {
  std::vector<double> keys(scores.begin(), scores.end());
  for (double& key : keys) key += stream.gumbel();
  highest(keys, slate);
}

}  // namespace infodiet::rl
