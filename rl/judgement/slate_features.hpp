// Features of a session and a slate for a linear value model: only what every policy may observe.
#pragma once

#include <array>
#include <span>

#include "rl/environment.hpp"
#include "rl/slate_law.hpp"

namespace infodiet::rl {

/// How many features a session and slate have.
inline constexpr std::size_t slate_feature_count = 16;
using SlateFeatures = std::array<double, slate_feature_count>;

/// Features of showing `slate` next: 1; mean, highest and log-sum-exp of its scores; mean quality, clickbait and
/// minutes; share of its topics in what was taken, in all and in the last five, mean and highest; share of interest in
/// its topics; of the session so far: share of steps in which something was taken, engagement per step, concentration
/// (Simpson) of the topics taken, whether something was taken last; score times concentration. Unknown is 0.
SlateFeatures slate_features(const Observation& observation, std::span<const Position> slate);

/// Their mean over the slates of `law`: exact for one slate and for at most 200 slates in all, otherwise over 32 draws.
SlateFeatures mean_features(const Observation& observation, const SlateLaw& law, engine::RandomStream& stream);

}  // namespace infodiet::rl
