#include "rl/slate_law.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/errors.hpp"

namespace infodiet::rl {

namespace {

bool contains(std::span<const Position> slate, Position item) {
  return std::find(slate.begin(), slate.end(), item) != slate.end();
}

double weight_of(const SlateLaw& law, Position item) {
  return law.weights.empty() ? 1 : law.weights[item];
}

double total_weight(const SlateLaw& law) {
  if (law.weights.empty()) return static_cast<double>(law.candidates);
  return std::accumulate(law.weights.begin(), law.weights.end(), 0.0);
}

/// The first item of the ranking that is not among `taken`, if any.
std::optional<Position> best_left(const SlateLaw& law, std::span<const Position> taken) {
  const auto found =
      std::find_if(law.ranking.begin(), law.ranking.end(), [&](Position item) { return !contains(taken, item); });
  return found == law.ranking.end() ? std::nullopt : std::optional(*found);
}

/// The probability that `item` comes next after `taken`, whose weights sum to `taken_weight`, if the slate is filled
/// rank by rank.
double next_probability(const SlateLaw& law, std::span<const Position> taken, double left, Position item) {
  double probability = law.draw > 0 ? law.draw * weight_of(law, item) / left : 0;
  if (law.draw < 1 && best_left(law, taken) == item) probability += 1 - law.draw;
  return probability;
}

/// Calls `take(k, probability)` for every prefix of the slate, filled rank by rank without exploration.
template <class Take>
void follow_ranks(const SlateLaw& law, std::span<const Position> slate, const Take& take) {
  double probability = 1;
  double left = law.draw > 0 ? total_weight(law) : 0;
  for (std::size_t k = 0; k < slate.size(); ++k) {
    probability *= next_probability(law, slate.first(k), left, slate[k]);
    left -= weight_of(law, slate[k]);
    take(k, probability);
  }
}

double filled_probability(const SlateLaw& law, std::span<const Position> slate) {
  double whole = 1;
  follow_ranks(law, slate, [&](std::size_t, double probability) { whole = probability; });
  return whole;
}

bool is_even(const SlateLaw& law) {
  return law.weights.empty() && law.draw >= 1;
}

/// Sums the probabilities of all ways to fill the ranks before `rank`, with `item` at it.
double rank_sum(const SlateLaw& law, std::vector<Position>& prefix, double probability, std::size_t rank,
                Position item) {
  double left = law.draw > 0 ? total_weight(law) : 0;
  for (const Position taken : prefix) left -= weight_of(law, taken);
  if (prefix.size() == rank) return probability * next_probability(law, prefix, left, item);
  double sum = 0;
  for (Position other = 0; other < law.candidates; ++other) {
    if (other == item || contains(prefix, other)) continue;
    const double next = next_probability(law, prefix, left, other);
    if (next == 0) continue;
    prefix.push_back(other);
    sum += rank_sum(law, prefix, probability * next, rank, item);
    prefix.pop_back();
  }
  return sum;
}

}  // namespace

std::vector<double> prefix_probabilities(const SlateLaw& law, std::span<const Position> slate) {
  std::vector<double> prefixes(slate.size());
  double uniform = 1;
  follow_ranks(law, slate, [&](std::size_t k, double probability) {
    uniform /= static_cast<double>(law.candidates - k);
    prefixes[k] = law.explore * uniform + (1 - law.explore) * probability;
  });
  return prefixes;
}

double slate_probability(const SlateLaw& law, std::span<const Position> slate) {
  return prefix_probabilities(law, slate).back();
}

double set_probability(const SlateLaw& law, std::span<const Position> slate) {
  if (slate.size() > longest_unordered_slate) {
    throw ShapeError(
        fmt::format("a slate of {} in any order: expected at most {}", slate.size(), longest_unordered_slate));
  }
  double uniform = 1;  // 1 / (n choose K)
  for (std::size_t k = 0; k < slate.size(); ++k) {
    uniform *= static_cast<double>(k + 1) / static_cast<double>(law.candidates - k);
  }
  if (is_even(law)) return uniform;
  std::vector<Position> order(slate.begin(), slate.end());
  double filled = 0;
  if (law.draw == 0) {
    const std::span<const Position> best = std::span(law.ranking).first(slate.size());
    filled = std::all_of(slate.begin(), slate.end(), [&](Position item) { return contains(best, item); }) ? 1 : 0;
  } else if (law.explore < 1) {
    std::sort(order.begin(), order.end());
    do {
      filled += filled_probability(law, order);
    } while (std::next_permutation(order.begin(), order.end()));
  }
  return law.explore * uniform + (1 - law.explore) * filled;
}

std::optional<std::vector<double>> rank_probabilities(const SlateLaw& law, std::span<const Position> slate) {
  constexpr double most_terms = 50'000;
  const bool simple = law.draw == 0 || is_even(law) || law.explore >= 1;
  double terms = 1;
  for (std::size_t k = 0; k + 1 < slate.size(); ++k) terms *= static_cast<double>(law.candidates - k);
  if (!simple && terms > most_terms) return std::nullopt;
  const double uniform = 1 / static_cast<double>(law.candidates);
  std::vector<double> probabilities;
  for (std::size_t k = 0; k < slate.size(); ++k) {
    double filled = is_even(law) ? uniform : 0;
    if (!is_even(law) && law.explore < 1) {
      std::vector<Position> prefix;
      filled = law.draw == 0 ? (law.ranking[k] == slate[k] ? 1.0 : 0.0) : rank_sum(law, prefix, 1, k, slate[k]);
    }
    probabilities.push_back(law.explore * uniform + (1 - law.explore) * filled);
  }
  return probabilities;
}

void draw_slate(const SlateLaw& law, engine::RandomStream& stream, std::span<Position> slate) {
  const bool explores = law.explore > 0 && stream.uniform() < law.explore;
  const double draw = explores ? 1 : law.draw;
  for (std::size_t k = 0; k < slate.size(); ++k) {
    const std::span<const Position> taken = slate.first(k);
    if (!(draw >= 1 || (draw > 0 && stream.uniform() < draw))) {
      slate[k] = best_left(law, taken).value();
      continue;
    }
    const auto weight = [&](Position item) { return contains(taken, item) ? 0 : explores ? 1 : weight_of(law, item); };
    double total = 0;
    for (Position item = 0; item < law.candidates; ++item) total += weight(item);
    double left = stream.uniform() * total;
    for (Position item = 0; item < law.candidates; ++item) {
      if (weight(item) == 0) continue;
      slate[k] = item;
      left -= weight(item);
      if (left < 0) break;
    }
  }
}

}  // namespace infodiet::rl
