// Agents and their checkpoints in the database. The tables are those of recsys/store.
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

/// What identifies a training; a checkpoint can be resumed only by the same training.
struct AgentSpec {
  std::string environment;                ///< its name; there is one published agent for each
  std::vector<std::string> settings{};    ///< "name=value" of settings that differ from the defaults
  std::optional<RewardWeights> reward{};  ///< if the environment takes one
  std::vector<std::string> topics{};      ///< names, if items come from a data set
  std::string data_fingerprint{};         ///< of that data set
  std::optional<std::int64_t> forgets{};  ///< of that data set (recsys::Dataset::forgets)
  std::int64_t forgotten_users = 0;       ///< those of the recommender or checkpoint that it starts from
  AgentConfig config;
  AgentTraining training{};
};

/// Progress of a training.
struct AgentProgress {
  std::vector<double> curve;  ///< (updates) mean return of each update's sessions
  double seconds = 0;
};

/// Publishes the trainer's model as the agent of its environment, and deletes the checkpoint.
void publish_agent(recsys::Database& db, const AgentSpec& identity, const AgentTrainer& trainer,
                   const AgentProgress& progress);

/// Stores everything needed to resume. Returns false, and deletes the checkpoint, if somebody was forgotten since the
/// data set was read.
bool save_agent_checkpoint(recsys::Database& db, const AgentSpec& identity, const AgentTrainer& trainer,
                           const AgentProgress& progress);

/// Restores `trainer` to the stored checkpoint and returns its progress, or nothing if there is no checkpoint. Sets
/// `identity.forgotten_users` to that of the checkpoint. Throws DataError if it has other data, settings or seed,
/// DamagedError if it does not fit.
std::optional<AgentProgress> restore_agent_checkpoint(const recsys::Database& db, AgentSpec& identity,
                                                      AgentTrainer& trainer);

/// The error if no agent is published, naming the command that trains one.
recsys::DataError no_agent_learned(const std::string& path, std::string_view environment);

/// An agent as stored.
struct StoredAgent {
  std::shared_ptr<const AgentModel> model;
  std::int64_t id;                       ///< of the stored model
  std::string settings;                  ///< of its environment and reward, as text
  std::vector<std::string> assignments;  ///< of its environment, "name=value"
};
/// The published agent of `environment`, whose items have the topics `topics` (or any number of unnamed ones). Throws
/// DataError if none is published or its topics differ, DamagedError if what is stored does not fit.
StoredAgent load_agent(const recsys::Database& db, std::string_view environment, std::span<const std::string> topics);

}  // namespace infodiet::rl
