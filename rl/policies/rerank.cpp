#include "rl/policies/rerank.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/errors.hpp"
#include "recsys/evaluation/diversity.hpp"
#include "rl/diet/distribution.hpp"
#include "rl/diet/items.hpp"

namespace infodiet::rl {

namespace {

std::vector<double> relevance_of(std::span<const Candidate> candidates) {
  if (candidates.empty()) return {};
  const auto by_score = [](const Candidate& a, const Candidate& b) { return a.score < b.score; };
  const auto [lowest, best] = std::minmax_element(candidates.begin(), candidates.end(), by_score);
  const double range = best->score - lowest->score;
  std::vector<double> relevance;
  for (const Candidate& candidate : candidates) {
    relevance.push_back(range > 0 ? (candidate.score - lowest->score) / range : 1);
  }
  return relevance;
}

/// Fills the slate rank by rank with the remaining candidate of highest `value` (ties by position), calling `taken`
/// after each.
template <class Value, class Taken>
void fill_greedily(std::size_t candidates, std::span<Position> slate, const Value& value, const Taken& taken) {
  if (slate.size() > candidates) {
    throw ShapeError(
        fmt::format("a slate of {} from {} candidates: expected at most {}", slate.size(), candidates, candidates));
  }
  std::vector<bool> is_taken(candidates, false);
  for (Position& shown : slate) {
    double best = 0;
    bool found = false;
    for (std::size_t i = 0; i < candidates; ++i) {
      if (is_taken[i]) continue;
      const double now = value(i);
      if (found && now <= best) continue;
      best = now;
      found = true;
      shown = static_cast<Position>(i);
    }
    is_taken[shown] = true;
    taken(shown);
  }
}

}  // namespace

void mmr_slate(std::span<const Candidate> candidates, double relevance_weight, std::span<Position> slate) {
  const std::vector<double> relevance = relevance_of(candidates);
  std::vector<double> closest(candidates.size(), 0.0);
  fill_greedily(
      candidates.size(), slate,
      [&](std::size_t i) { return relevance_weight * relevance[i] - (1 - relevance_weight) * closest[i]; },
      [&](Position taken) {
        for (std::size_t i = 0; i < candidates.size(); ++i) {
          closest[i] = std::max(closest[i], topic_similarity(candidates[i], candidates[taken]).value_or(0));
        }
      });
}

void dpp_slate(std::span<const Candidate> candidates, double relevance_weight, std::span<Position> slate) {
  constexpr double no_volume = 1e-9;  // as a share of the candidate's own quality
  const std::vector<double> relevance = relevance_of(candidates);
  const double scale = relevance_weight / (2 * (1 - relevance_weight));
  // Everything is stored divided by q_i: d_i^2 = q_i^2 volume_i; the same for the rows c_i.
  std::vector<double> volume(candidates.size(), 1.0);
  std::vector<double> rows(candidates.size() * slate.size());  // (candidates, K)
  std::size_t depth = 0;                                       // entries of each row so far
  fill_greedily(
      candidates.size(), slate,
      [&](std::size_t i) {
        const double quality = 2 * scale * relevance[i];
        // Below every candidate that adds volume, whose logarithm is at least that of no_volume.
        return volume[i] > no_volume ? quality + std::log(volume[i]) : 2 * std::log(no_volume) + relevance[i] - 1;
      },
      [&](Position taken) {
        if (volume[taken] <= no_volume) return;
        const double height = std::sqrt(volume[taken]);
        const double* of_taken = &rows[taken * slate.size()];
        for (std::size_t i = 0; i < candidates.size(); ++i) {
          double* row = &rows[i * slate.size()];
          double entry = topic_similarity(candidates[i], candidates[taken]).value_or(i == taken ? 1 : 0);
          for (std::size_t k = 0; k < depth; ++k) entry -= of_taken[k] * row[k];
          row[depth] = entry / height;
          volume[i] -= row[depth] * row[depth];
        }
        ++depth;
      });
}

void calibrated_slate(std::span<const Candidate> candidates, std::span<const double> interest, double balance_weight,
                      std::span<Position> slate) {
  const std::vector<double> relevance = relevance_of(candidates);
  std::vector<double> mass(interest.size(), 0.0);  // of each topic in the list; items without topics have none
  double items = 0;
  const auto add = [&](std::vector<double>& to, const Candidate& candidate) {
    recsys::add_topics<double>(candidate.topics, 1, to);
    return candidate.topics.empty() ? 0.0 : 1.0;
  };
  std::vector<double> shares;
  fill_greedily(
      candidates.size(), slate,
      [&](std::size_t i) {
        shares = mass;
        const double total = items + add(shares, candidates[i]);
        for (double& share : shares) share /= std::max(total, 1.0);
        return (1 - balance_weight) * relevance[i] - balance_weight * steck_divergence(interest, shares);
      },
      [&](Position taken) { items += add(mass, candidates[taken]); });
}

void MmrPolicy::choose_one(const Observation& observation, engine::RandomStream&, std::span<Position> slate) const {
  mmr_slate(observation.candidates, relevance_weight_, slate);
}

void DppPolicy::choose_one(const Observation& observation, engine::RandomStream&, std::span<Position> slate) const {
  dpp_slate(observation.candidates, relevance_weight_, slate);
}

void CalibratedPolicy::choose_one(const Observation& observation, engine::RandomStream&,
                                  std::span<Position> slate) const {
  if (!observation.interest.empty()) {
    calibrated_slate(observation.candidates, observation.interest, balance_weight_, slate);
    return;
  }
  const std::vector<double> even(observation.topics,
                                 1 / static_cast<double>(std::max<std::size_t>(observation.topics, 1)));
  calibrated_slate(observation.candidates, even, balance_weight_, slate);
}

}  // namespace infodiet::rl
