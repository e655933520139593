// Training the agent in a command: progress, checkpoints, Ctrl-C, publishing.
#pragma once

#include <memory>

#include "recsys/store/database.hpp"
#include "rl/agent/model_file.hpp"
#include "tools/simulate/simulation.hpp"
#include "tools/terminal/console.hpp"

namespace infodiet::tools {

/// How an agent is trained and what is stored.
struct LearningOptions {
  rl::AgentTraining training;
  recsys::Database* db = nullptr;  ///< for checkpoints and the agent; null stores neither
  bool resume = false;
  bool publish = true;                                ///< false: the agent is for this run only
  engine::Communicator& processes = engine::alone();  ///< which help, unless the environment is of a data set
};

/// The result of training.
struct LearnedAgent {
  std::shared_ptr<const rl::AgentModel> model;
  rl::AgentProgress progress;
  double cpu_seconds = 0;  ///< CPU time of all threads, since training was last resumed
};

/// Trains in `stage` to the end. Throws Interrupted on Ctrl-C, after storing a checkpoint if there is a database.
LearnedAgent learn_agent(const Stage& stage, const LearningOptions& options, engine::ThreadPool& pool,
                         const Console& console);

}  // namespace infodiet::tools
