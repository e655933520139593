// The variety of a fixed number of draws from a diet, which compares diets of different sizes: larger diets contain
// more of everything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rl/environment.hpp"

namespace infodiet::rl {

/// (topics) how often each topic occurs: an item of several topics counts for each. Throws ShapeError for a topic not
/// below `topics`.
std::vector<std::uint32_t> topic_counts(std::span<const Candidate> items, std::size_t topics);

/// Hill number of order 0 of `counts` rarefied to `draws` without replacement, at most their sum: the expected number
/// of topics among them, sum over g of 1 - C(n - x_g, m) / C(n, m) (Chao et al., Ecological Monographs 2014).
double rarefied_topics(std::span<const std::uint32_t> counts, std::size_t draws);

/// The one of order 1: exp(-sum over k of f_k (k / m) ln(k / m)), f_k = sum over g of C(x_g, k) C(n - x_g, m - k) /
/// C(n, m) the expected number of topics drawn k times. At m = n it is effective_topics.
double rarefied_effective_topics(std::span<const std::uint32_t> counts, std::size_t draws);

}  // namespace infodiet::rl
