// Diet formulas on a distribution over topics. Shares are non-negative and sum to 1; diets with unknown shares have no
// such metrics. All logarithms are natural unless stated otherwise.
#pragma once

#include <span>

namespace infodiet::rl {

/// exp(H), H = -sum p ln p: how many topics, evenly mixed, would be as varied (Hill 1973, order 1). 1 .. topics.
double effective_topics(std::span<const double> shares);

/// 1 - sum p^2: the chance that two picks are of different topics (Simpson 1949). 0 .. 1 - 1/topics.
double simpson(std::span<const double> shares);

/// Share of the topics that occur.
double coverage(std::span<const double> shares);

/// The largest share.
double majority_share(std::span<const double> shares);

/// Miscalibration of a list against an interest: sum p ln(p / q~), q~ = .99 q + .01 p (Steck, RecSys'18), p the
/// interest and q the list. 0 is perfectly calibrated; at most ln 100. Throws ShapeError if sizes differ.
double steck_divergence(std::span<const double> interest, std::span<const double> list);

/// sqrt(JSD) to the base 2, each side smoothed to .999 p + .001 q of the other (RADio: Vrijenhoek et al., RecSys'22). A
/// metric: 0 for equal, near 1 for disjoint distributions. Throws ShapeError if sizes differ.
double root_jensen_shannon(std::span<const double> p, std::span<const double> q);

}  // namespace infodiet::rl
