// Attention models and training checkpoints in the database: which tensors they have and what their JSON holds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "recsys/attention/blended_model.hpp"
#include "recsys/attention/training.hpp"
#include "recsys/store/data_extent.hpp"
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
  std::size_t interactions = 0;                 ///< that are stored, with those held out
  DataExtent extent = {};                       ///< of them
  std::size_t start_epochs = 0;                 ///< that the model it starts from was trained for
  Repeats repeats = Repeats::forbid;            ///< what validation went by and what is served goes by
  std::optional<Liking> liked = {};             ///< the same, where somebody decided it
};

/// What a run must share with the published model to start from its weights.
struct PublishedAttention {
  std::int64_t id;
  AttentionConfig config;
  Holdout holdout;
  std::size_t best_epoch;  ///< after which training was best, those of models it went on from among them
  double neighbour_weight;
  std::int64_t forgotten_users;  ///< of those it was made with
  Repeats repeats;
  std::optional<Liking> liked;
};

/// The published attention model, if there is one. Throws DamagedError.
std::optional<PublishedAttention> published_attention(const Database& db);

/// What is published of a run beside its best weights.
struct Publication {
  double seconds = 0;                                   ///< that training took
  double neighbour_weight = 0;                          ///< in the blend, in [0, 1)
  std::shared_ptr<const ItemKnn> neighbours = nullptr;  ///< may be null where their weight is 0
  std::optional<EpochResult> blended = {};              ///< validation of the blend
  bool replaces = true;                                 ///< whether it is published, or only kept
};

/// Stores the best weights of a run, and publishes them, so that they recommend from now on, if they replace what is
/// published: the network, and the vectors of the items that were trained on. Returns the model's id.
std::int64_t publish_attention_model(Database& db, const RunIdentity& identity, const TrainingRun& run,
                                     const Publication& what);

/// Stores everything needed to go on after the last whole epoch. Returns false, and leaves no checkpoint, if somebody
/// was forgotten since the data was read.
bool save_attention_checkpoint(Database& db, const RunIdentity& identity, const TrainingRun& run, double seconds);

/// Restores `run` to the stored checkpoint and returns the seconds it had taken, or nothing if there is no checkpoint;
/// from then on the run's identity knows whom the checkpoint does. Throws DataError if it is of other data, settings or
/// seed, DamagedError if it does not fit.
std::optional<double> restore_attention_checkpoint(const Database& db, RunIdentity& identity, TrainingRun& run);

/// The model to be published, as it will answer.
BlendedModel blend_of(const RunIdentity& identity, const TrainingRun& run, const Publication& what);

/// How a model to be published stands beside the one that is, on the validation of its run.
struct Replacement {
  std::optional<std::int64_t> published = {};  ///< id of the one that is
  bool replaces = true;
  std::string not_compared = {};  ///< why, or empty where it was
  std::size_t cases = 0;
  double old_ndcg = 0;        ///< mean NDCG@10 of the published one
  double new_ndcg = 0;        ///< of the new one
  double standard_error = 0;  ///< of the mean of the differences, case by case
};

/// The new model replaces the published one unless its mean NDCG@10 is lower by more than two standard errors of the
/// paired differences. A published one that knows somebody who was forgotten, is damaged or of another catalogue, or
/// has seen the cases, and anything where nothing is held out, is replaced without being compared.
Replacement compare_with_published(const Database& db, const Dataset& data, const RunIdentity& identity,
                                   const TrainingRun& run, const Publication& what);

struct LoadOptions {
  Prefilter prefilter = Prefilter::none;
  std::optional<std::int64_t> id = {};  ///< of a stored model; the published one if not given
  std::size_t state_bytes = 0;          ///< of memory for what it reads (AttentionModel::keep_states); 0 keeps nothing
};

/// The published model, or that with the id, for the catalogue of `data`. Items that it was not trained on, or that
/// came later, are placed by their topics (cold_items.hpp). Throws Error if nothing was published, DataError if there
/// is no loadable attention model of that id, DamagedError if what is stored does not fit.
std::unique_ptr<BlendedModel> load_attention_model(const Database& db, const Dataset& data,
                                                   const LoadOptions& options = {});

}  // namespace infodiet::recsys
