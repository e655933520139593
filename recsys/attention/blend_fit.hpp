// The weights of a blend, fitted on validation by maximum likelihood.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/parallel.hpp"
#include "engine/tensor.hpp"
#include "recsys/attention/blend.hpp"
#include "recsys/data/split.hpp"

namespace infodiet::recsys {

/// Targets, and the probability that each of M models gave them.
struct MixtureCases {
  engine::Matrix<double> shares;  ///< (C, M) each model's probability of the target
  std::vector<double> counts;     ///< (C) the target's weight
};

/// What the weights of few cases shrink towards: as if there were so many more cases with these weights.
struct MixturePrior {
  std::vector<double> weights = {};
  double cases = 0;
};

struct Mixture {
  std::vector<double> weights;  ///< (M)
  double log_likelihood = 0;    ///< mean over the cases, without the prior
};

/// The weights of a mixture with the highest likelihood, given `cases` (numbers of rows, all if empty), by expectation
/// maximisation: w_m <- (sum of c w_m p_m / sum_k w_k p_k + s prior_m) / (sum of c + s), from equal weights until none
/// moves by more than 1e-9. Throws ShapeError if sizes disagree.
Mixture fit_mixture(const MixtureCases& all, std::span<const std::size_t> cases = {}, const MixturePrior& prior = {});

/// Appends the share of each of a case's targets in a model's scores (V), as numerators_of takes them.
void add_target_shares(const EvaluationCase& one, std::span<const float> scores, double temperature,
                       std::vector<double>& numerators, std::vector<double>& shares);

/// The same of attention at each of the temperatures that fit_blends tries: of all targets at the first, at the
/// second...
void add_attention_shares(const EvaluationCase& one, std::span<const float> scores, std::vector<double>& numerators,
                          std::vector<double>& shares);

/// What add_attention_shares gives for a model's scores, case by case.
std::vector<double> target_shares(const Recommender& model, std::span<const EvaluationCase> cases,
                                  engine::ThreadPool& pool);

/// For each of attention's temperatures from 1 to the likeliest, at most 2, its blend with those of `parts` that get a
/// weight of at least a hundredth, if there are such: the parts' temperatures by the likelihood of the whole mixture,
/// weights for up to four groups of histories by length, each shrunk towards those of all cases as if by 200 more. Same
/// bits for any number of threads. `attention` is what target_shares gives.
std::vector<Blend> fit_blends(std::span<const double> attention,
                              std::span<const std::shared_ptr<const Recommender>> parts,
                              std::span<const EvaluationCase> cases, engine::ThreadPool& pool);

}  // namespace infodiet::recsys
