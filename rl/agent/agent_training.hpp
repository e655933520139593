// The settings of an agent's training, by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "recsys/settings.hpp"
#include "rl/environment.hpp"
#include "rl/reward_kind.hpp"

namespace infodiet::rl {

/// Settings of a training.
struct AgentTraining {
  /// Number of shards of an update, for any number of threads: enough to distribute, each large enough for efficient
  /// products.
  static constexpr std::size_t most_shards = 16;

  std::uint64_t seed = 1;
  std::size_t updates = 1500;     ///< of a whole training; the learning rate falls to 0 along half a cosine
  std::size_t people = 0;         ///< per update; 0: as many as give about 20,000 candidates to score
  std::size_t sessions_each = 8;  ///< per person, at least 2
  std::size_t width = 32;         ///< of the network, for the AgentConfig
  double rate = 1e-2;
  /// Target of the slates' entropy, at the start and at the end, from 0 (a certain set) to 1 (uniform draws). The
  /// entropy bonus adapts to reach it.
  double entropy = 0.9;
  double last_entropy = 0.03;
  /// Discount of rewards per step, at the start and at the end. Returns are measured without; it only lowers the
  /// variance of advantages.
  double discount = 1;
  double last_discount = 1;
  /// Lambda of generalised advantage estimation (Horizon::trace).
  double trace = 0.5;
  std::size_t batches = 8;  ///< minibatches per pass, each one optimiser step, at most 16
  std::size_t passes = 1;   ///< over the sessions of an update
  RewardKind reward = RewardKind::drawn;

  /// The settings by name, without updates, seed and reward.
  static std::span<const recsys::Setting<AgentTraining>> settings();
  /// People per update in an environment of this shape.
  std::size_t people_in(const Shape& shape) const;
  /// Sessions of a whole training.
  std::size_t sessions_in(const Shape& shape) const { return updates * people_in(shape) * sessions_each; }
};

/// Returns `training`. Throws SettingError if a setting is out of range.
const AgentTraining& checked(const AgentTraining& training);

}  // namespace infodiet::rl
