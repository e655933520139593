// What process 0 tells the others while an agent learns. Not for users of the trainer, which gives these orders itself.
#pragma once

#include <string_view>

#include "rl/agent/trainer.hpp"

namespace infodiet::rl {

inline constexpr std::string_view update_order = "update agent";
inline constexpr std::string_view end_learning = "end learning";

/// The others make a trainer like process 0's.
void begin_learning(engine::Communicator& processes, const AgentConfig& config, const AgentTraining& training,
                    const LearningJob& job);
/// They restore it to this state.
void share_state(engine::Communicator& processes, const AgentTrainer::State& state);

}  // namespace infodiet::rl
