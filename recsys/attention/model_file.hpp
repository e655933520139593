// Attention models and training checkpoints in the database: their tensors and their JSON.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "recsys/attention/blend_file.hpp"
#include "recsys/attention/blended_model.hpp"
#include "recsys/attention/training.hpp"
#include "recsys/store/data_extent.hpp"
#include "recsys/store/database.hpp"
#include "recsys/store/model_names.hpp"

namespace infodiet::recsys {

/// The most members that a model may average.
inline constexpr std::size_t most_members = 32;

/// How the names of a member's tensors begin, members counted from 0: those of the first as if it were alone.
std::string member_prefix(std::size_t member);

/// What identifies a training run; a checkpoint can be resumed only by the same run.
struct RunIdentity {
  AttentionConfig config;
  TrainingConfig training;
  Holdout holdout;
  std::string data_fingerprint;
  std::optional<std::int64_t> from_model = {};            ///< the published model whose weights it starts from, if any
  std::int64_t forgets = 0;                               ///< of the data (Dataset::forgets)
  std::int64_t forgotten_users = 0;                       ///< those of the model or checkpoint that it starts from
  std::size_t interactions = 0;                           ///< stored, those held out included
  DataExtent extent = {};                                 ///< of them
  std::size_t start_epochs = 0;                           ///< of the model that it starts from
  Repeats repeats = Repeats::forbid;                      ///< the policy of validation and serving
  std::optional<Liking> liked = {};                       ///< the same, if the user set it
  std::size_t members = 1;                                ///< of the model that it belongs to
  std::string checkpoint = std::string(attention_model);  ///< the name that its checkpoint has
};

/// What a run must share with the published model to start from its weights.
struct PublishedAttention {
  std::int64_t id;
  AttentionConfig config;
  Holdout holdout;
  std::size_t best_epoch;  ///< the best epoch, counting those of the models it continued
  std::size_t members;
  BlendRecord blend;
  std::int64_t forgotten_users;  ///< people it was trained on who were forgotten
  Repeats repeats;
  std::optional<Liking> liked;
};

/// The published attention model, if there is one. Throws DamagedError.
std::optional<PublishedAttention> published_attention(const Database& db);

/// What is published along with a run's best weights, or instead of them.
struct Publication {
  double seconds = 0;                       ///< of training
  Blend blend = {};                         ///< what it is blended with
  std::optional<EpochResult> blended = {};  ///< validation of the blend
  bool replaces = true;                     ///< whether it is published, or only stored
  std::vector<Member> members = {};         ///< what is published; none: the run's best weights
};

/// Stores the best weights of a run, or the members of `what`, which the model will average: the networks, and the
/// vectors of the items that were trained on. Publishes them if `what.replaces`. Returns the model's id.
std::int64_t publish_attention_model(Database& db, const RunIdentity& identity, const TrainingRun& run,
                                     const Publication& what);

/// Stores everything needed to resume after the last complete epoch. Returns false, and deletes the checkpoint, if
/// somebody was forgotten since the data was read.
bool save_attention_checkpoint(Database& db, const RunIdentity& identity, const TrainingRun& run, double seconds);

/// Restores `run` to the stored checkpoint and returns its seconds so far, or nothing if there is no checkpoint. Sets
/// `identity.forgotten_users` to that of the checkpoint. Throws DataError if the checkpoint has other data, settings or
/// seed, DamagedError if it does not fit.
std::optional<double> restore_attention_checkpoint(const Database& db, RunIdentity& identity, TrainingRun& run);

/// A new model compared with the published one, on the validation cases of its run.
struct Replacement {
  std::optional<std::int64_t> published = {};  ///< its id
  bool replaces = true;
  std::string not_compared = {};  ///< why not, or empty
  std::size_t cases = 0;
  double old_ndcg = 0;        ///< mean NDCG@10 of the published one
  double new_ndcg = 0;        ///< of the new one
  double standard_error = 0;  ///< of the mean of the differences, case by case
};

/// The new model replaces the published one unless its mean NDCG@10 is lower by more than two standard errors of the
/// paired differences. Without comparison, it replaces a model that was trained on somebody forgotten, is damaged, has
/// another catalogue or has seen the cases; and any model if nothing is held out.
Replacement compare_with_published(const Database& db, const Dataset& data, const RunIdentity& identity,
                                   const TrainingRun& run, const Publication& what);

/// How a model is loaded.
struct LoadOptions {
  Prefilter prefilter = Prefilter::none;
  std::optional<std::int64_t> id = {};  ///< of a stored model; the published one if not given
  std::size_t state_bytes = 0;          ///< memory of the state cache (AttentionModel::keep_states); 0: no cache
};

/// The published model, or that with the id, for the catalogue of `data`. Items that it was not trained on get vectors
/// from their topics (cold_items.hpp). Throws Error if nothing is published, DataError if there is no loadable
/// attention model of that id, DamagedError if what is stored does not fit.
std::unique_ptr<BlendedModel> load_attention_model(const Database& db, const Dataset& data,
                                                   const LoadOptions& options = {});

}  // namespace infodiet::recsys
