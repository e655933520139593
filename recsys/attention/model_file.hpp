// Attention models and training checkpoints in the database: which tensors they have and what their JSON holds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "recsys/attention/model.hpp"
#include "recsys/attention/training.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// What a run trains on and how; a checkpoint goes on only under the same.
struct RunIdentity {
  AttentionConfig config;
  TrainingConfig training;
  Holdout holdout;
  std::string data_fingerprint;
};

/// Publishes the best weights of a run, so that they recommend from now on. `seconds` is what training took.
void publish_attention_model(Database& db, const RunIdentity& identity, const Dataset& data, const TrainingRun& run,
                             double seconds);

/// Stores everything needed to go on after the last whole epoch.
void save_attention_checkpoint(Database& db, const RunIdentity& identity, const TrainingRun& run, double seconds);

/// Restores `run` to the stored checkpoint and returns the seconds it had taken, or nothing if there is no checkpoint.
/// Throws DataError if it is of other data, settings or seed, DamagedError if it does not fit.
std::optional<double> restore_attention_checkpoint(const Database& db, const RunIdentity& identity, TrainingRun& run);

/// The published model for the catalogue of `data`. Items that came after training stand at the mean of all item
/// vectors. Throws Error if nothing was published, DamagedError if what is stored does not fit.
std::unique_ptr<AttentionModel> load_attention_model(const Database& db, const Dataset& data);

/// The epoch that validation chose for the published model, for training once more without holding anything out.
std::optional<std::size_t> published_best_epoch(const Database& db);

}  // namespace infodiet::recsys
