// Slates that trade relevance for variety or balance: MMR, determinantal point processes and calibration. The functions
// take any list of scored candidates; the policies apply them at each step.
// Relevance is the score scaled to [0, 1] over the candidates (all 1 if the scores are equal), so that a trade-off
// means the same for every recommender.
#pragma once

#include <span>

#include "rl/policy.hpp"

namespace infodiet::rl {

/// Maximal marginal relevance (Carbonell & Goldstein, SIGIR'98): rank by rank the candidate with the highest
/// relevance_weight rel - (1 - relevance_weight) max similarity to those chosen. Similarity is that of topics, 0 if
/// unknown. relevance_weight in [0, 1]; 1 is greedy. Throws ShapeError for slates larger than the candidates.
void mmr_slate(std::span<const Candidate> candidates, double relevance_weight, std::span<Position> slate);

/// Greedy maximum of the determinant of L_ij = q_i S_ij q_j (Chen, Zhang & Zhou, NeurIPS'18): e_i = (L_ji - <c_j, c_i>)
/// / d_j, d_i^2 -= e_i^2. q = exp(relevance_weight / (2 (1 - relevance_weight)) rel), S the similarity of topics, 1
/// with itself and 0 if unknown. relevance_weight in [0, 1). Candidates that add no volume (the same topics as those
/// chosen) come last, by relevance.
void dpp_slate(std::span<const Candidate> candidates, double relevance_weight, std::span<Position> slate);

/// Calibration (Steck, RecSys'18): rank by rank the candidate that makes (1 - balance_weight) sum of rel -
/// balance_weight steck_divergence(interest, topics of the list) highest. balance_weight in [0, 1]; 0 is greedy.
/// interest (topics) sums to 1.
void calibrated_slate(std::span<const Candidate> candidates, std::span<const double> interest, double balance_weight,
                      std::span<Position> slate);

/// mmr_slate at every step.
class MmrPolicy final : public ObservingPolicy {
 public:
  explicit MmrPolicy(double relevance_weight) : relevance_weight_(relevance_weight) {}
  std::string name() const override { return "mmr"; }
  void choose_one(const Observation& observation, engine::RandomStream& stream,
                  std::span<Position> slate) const override;

 private:
  double relevance_weight_;
};

/// dpp_slate at every step.
class DppPolicy final : public ObservingPolicy {
 public:
  explicit DppPolicy(double relevance_weight) : relevance_weight_(relevance_weight) {}
  std::string name() const override { return "dpp"; }
  void choose_one(const Observation& observation, engine::RandomStream& stream,
                  std::span<Position> slate) const override;

 private:
  double relevance_weight_;
};

/// calibrated_slate at every step, towards the person's interest, or towards all topics evenly if that is unknown.
class CalibratedPolicy final : public ObservingPolicy {
 public:
  explicit CalibratedPolicy(double balance_weight) : balance_weight_(balance_weight) {}
  std::string name() const override { return "calibrated"; }
  void choose_one(const Observation& observation, engine::RandomStream& stream,
                  std::span<Position> slate) const override;

 private:
  double balance_weight_;
};

}  // namespace infodiet::rl
