// Agents and their checkpoints in the database. What they are and how they learn is in rl/agent/model.hpp and
// rl/agent/trainer.hpp; which tables there are is recsys' business.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recsys/errors.hpp"
#include "recsys/store/database.hpp"
#include "rl/agent/trainer.hpp"
#include "rl/reward.hpp"

namespace infodiet::rl {

/// What an agent is trained in and how; a checkpoint goes on only under the same.
struct AgentSpec {
  std::string environment;                ///< its name; there is one published agent for each
  std::vector<std::string> settings{};    ///< "name=value" of what differs from the environment's defaults
  std::optional<RewardWeights> reward{};  ///< where the environment takes one
  std::vector<std::string> topics{};      ///< names, where items are of a data set
  std::string data_fingerprint{};         ///< of that data set
  std::optional<std::int64_t> forgets{};  ///< of that data set (recsys::Dataset::forgets)
  std::int64_t forgotten_users = 0;       ///< known to the recommender or checkpoint that it learns from
  AgentConfig config;
  AgentTraining training{};
};

/// How far a training is.
struct AgentProgress {
  std::vector<double> curve;  ///< (updates) mean return of each update's sessions
  double seconds = 0;
};

/// Publishes what the trainer has learned, so that it is the environment's agent from now on, and deletes the
/// checkpoint.
void publish_agent(recsys::Database& db, const AgentSpec& identity, const AgentTrainer& trainer,
                   const AgentProgress& progress);

/// Stores everything needed to go on. Returns false, and leaves no checkpoint, if somebody was forgotten since the data
/// set was read.
bool save_agent_checkpoint(recsys::Database& db, const AgentSpec& identity, const AgentTrainer& trainer,
                           const AgentProgress& progress);

/// Restores `trainer` to the stored checkpoint and says how far that is, or nothing if there is none; from
/// then on the identity knows whom the checkpoint does. Throws DataError if it is of other data, settings or seed,
/// DamagedError if it does not fit.
std::optional<AgentProgress> restore_agent_checkpoint(const recsys::Database& db, AgentSpec& identity,
                                                      AgentTrainer& trainer);

/// What is said where none has, and which command makes one.
recsys::DataError no_agent_learned(const std::string& path, std::string_view environment);

struct StoredAgent {
  std::shared_ptr<const AgentModel> model;
  std::int64_t id;                       ///< of the stored model
  std::string settings;                  ///< of the environment and reward it learned in, as text
  std::vector<std::string> assignments;  ///< of the environment alone, "name=value"
};
/// The published agent of `environment`, whose items have the topics `topics` (or any number of unnamed ones). Throws
/// DataError if none is published or the topics are not those it learned, DamagedError if what is stored does not fit.
StoredAgent load_agent(const recsys::Database& db, std::string_view environment, std::span<const std::string> topics);

}  // namespace infodiet::rl
