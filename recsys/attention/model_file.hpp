// Attention models and training checkpoints in the database: which tensors they have and what their JSON holds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "recsys/attention/blended_model.hpp"
#include "recsys/attention/training.hpp"
#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// What a run trains on and how; a checkpoint goes on only under the same.
struct RunIdentity {
  AttentionConfig config;
  TrainingConfig training;
  Holdout holdout;
  std::string data_fingerprint;
  std::optional<std::int64_t> from_model = {};  ///< the published model whose weights it starts from, if it does
  std::int64_t forgets = 0;                     ///< of the data (Dataset::forgets)
  std::int64_t forgotten_users = 0;             ///< known to the model or checkpoint that it starts from
};

/// What a run must share with the published model to start from its weights.
struct PublishedAttention {
  std::int64_t id;
  AttentionConfig config;
  Holdout holdout;
  std::size_t best_epoch;
  double neighbour_weight;
  std::int64_t forgotten_users;  ///< of those it was made with
};

/// The published attention model, if there is one. Throws DamagedError.
std::optional<PublishedAttention> published_attention(const Database& db);

/// What is published of a run beside its best weights.
struct Publication {
  double seconds = 0;                                   ///< that training took
  double neighbour_weight = 0;                          ///< in the blend, in [0, 1)
  std::shared_ptr<const ItemKnn> neighbours = nullptr;  ///< may be null where their weight is 0
  std::optional<EpochResult> blended = {};              ///< validation of the blend
};

/// Publishes the best weights of a run, so that they recommend from now on: the network, and the vectors of the items
/// that were trained on.
void publish_attention_model(Database& db, const RunIdentity& identity, const TrainingRun& run,
                             const Publication& what);

/// Stores everything needed to go on after the last whole epoch. Returns false, and leaves no checkpoint, if somebody
/// was forgotten since the data was read.
bool save_attention_checkpoint(Database& db, const RunIdentity& identity, const TrainingRun& run, double seconds);

/// Restores `run` to the stored checkpoint and returns the seconds it had taken, or nothing if there is no checkpoint;
/// from then on the run's identity knows whom the checkpoint does. Throws DataError if it is of other data, settings or
/// seed, DamagedError if it does not fit.
std::optional<double> restore_attention_checkpoint(const Database& db, RunIdentity& identity, TrainingRun& run);

/// The published model for the catalogue of `data`. Items that it was not trained on, or that came later, are placed by
/// their topics (cold_items.hpp). Throws Error if nothing was published, DamagedError if what is stored does not fit.
std::unique_ptr<BlendedModel> load_attention_model(const Database& db, const Dataset& data,
                                                   FirstLook first_look = FirstLook::vectors);

}  // namespace infodiet::recsys
