// Off-policy estimators: what a policy would have earned, from the log of another, on plain arrays.
// rl/judgement/judge.hpp computes the probabilities and decides which estimates may be shown.
//
// rho_t = pi(A_t | h_t) / mu(A_t | h_t) of the target pi and the logger mu, w_t = product of rho_u over u <= t, w_-1 =
// 1, r_t the reward of step t and G their sum over a session.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace infodiet::rl {

/// Logged sessions for the estimators. All arrays are (sessions, steps); shorter sessions are padded with ratios of 1
/// and rewards and model values of 0.
struct WeightedLog {
  std::size_t sessions = 0;
  std::size_t steps = 0;
  std::vector<double> ratio;           ///< rho_t
  std::vector<double> reward;          ///< r_t
  std::vector<double> action_value{};  ///< Q(h_t, A_t) of a model; empty without a model
  std::vector<double> state_value{};   ///< V(h_t) = sum over A of pi(A | h_t) Q(h_t, A); likewise
  std::vector<std::int64_t> person{};  ///< (sessions) person of each; sessions of one person are drawn together

  std::size_t at(std::size_t session, std::size_t step) const { return session * steps + step; }
};

/// The estimators, in the order of tables.
enum class Estimator {
  ips,    ///< mean(w_T G)
  snips,  ///< sum(w_T G) / sum(w_T)
  pdis,   ///< mean(sum_t w_t r_t)
  wpdis,  ///< sum_t [sum_i w_it r_it / sum_i w_it]
  dr,     ///< mean(sum_t [w_t-1 V(h_t) + w_t (r_t - Q(h_t, A_t))]); needs the model
  model,  ///< mean(V(h_0)): the model's estimate alone; needs no probabilities
};
inline constexpr std::size_t estimator_count = 6;
/// Its name, and its meaning in words.
std::string_view name_of(Estimator estimator);
std::string_view meaning_of(Estimator estimator);

/// Each estimator as a sum of terms over sessions, so that people can be resampled cheaply: an estimate is
/// sum(numerator) / sum(denominator), summed over its parts (one, or one a step).
struct SessionTerms {
  std::size_t parts = 1;
  std::vector<double> numerator;    ///< (sessions, parts)
  std::vector<double> denominator;  ///< (sessions, parts)
};
/// The terms of an estimator. Throws ShapeError if arrays do not fit, or a needed model is missing.
SessionTerms terms_of(Estimator estimator, const WeightedLog& log);

/// The estimate of all sessions; 0 if all denominators are.
double estimate_of(const SessionTerms& terms);

/// An estimate and the ends of its 95 % interval.
struct JudgedValue {
  double value = 0;
  double low = 0;
  double high = 0;
};
/// Options of the bootstrap.
struct ResampleOptions {
  std::size_t resamples = 2000;
  std::uint64_t seed = 1;
};
/// Percentile bootstrap over people (Efron & Tibshirani 1993, chapter 13), drawn with replacement, each with all of
/// their sessions. `person` is (sessions).
JudgedValue resampled(const SessionTerms& terms, std::span<const std::int64_t> person, const ResampleOptions& options);

/// Statistics of the weights of one step. If weights overflow, the effective number is 0 and the mean infinite.
struct WeightFigures {
  double effective = 0;  ///< (sum w)^2 / sum w^2; 0 if all weights are
  double mean = 0;       ///< 1 in expectation, if the logger gives every slate of the target a positive probability
  double standard_error = 0;  ///< of the mean, over people
  double largest_share = 0;   ///< of the largest weight in their sum
};
/// (steps) the statistics of w_t.
std::vector<WeightFigures> weight_figures(const WeightedLog& log);

/// Single slates by rank. The reward belongs to the rank that was chosen; others have 0.
struct RankLog {
  std::size_t slates = 0;
  std::size_t ranks = 0;
  std::vector<double> rank_ratio;    ///< (slates, ranks) pi / mu of this item at this rank
  std::vector<double> prefix_ratio;  ///< (slates, ranks) pi / mu of the items up to this rank
  std::vector<double> reward;        ///< (slates, ranks)
  std::vector<std::int64_t> person{};
};
/// Forms for single slates (Open Bandit Pipeline; Li et al. 2018, McInerney et al. 2020).
enum class SlateForm {
  standard,     ///< mean(sum_k rho_K r_k): no assumption on how ranks affect each other
  independent,  ///< mean(sum_k rank_ratio_k r_k): a rank's reward depends only on its own item
  cascade,      ///< mean(sum_k prefix_ratio_k r_k): and on the items above it
};
inline constexpr std::size_t slate_form_count = 3;
/// Its name, and its meaning in words.
std::string_view name_of(SlateForm form);
std::string_view meaning_of(SlateForm form);
/// The terms of a form. `slate_ratio` (slates) is rho of complete slates.
SessionTerms terms_of(SlateForm form, const RankLog& log, std::span<const double> slate_ratio);

}  // namespace infodiet::rl
