// The loop in the database: the checkpoint from which an interrupted loop resumes, and the run that stores the result.
#pragma once

#include <string>
#include <string_view>

#include "recsys/store/database.hpp"
#include "rl/loop/loop.hpp"
#include "rl/runs/run_store.hpp"

namespace infodiet::rl {

/// What identifies a loop; a checkpoint can be resumed only by the same loop.
struct LoopIdentity {
  std::string configuration;  ///< JSON: everything besides data and seed
  std::uint64_t seed = 0;
  std::string data_fingerprint{};
  std::int64_t forgets = 0;          ///< of the data set (recsys::Dataset::forgets)
  std::int64_t forgotten_users = 0;  ///< those of the model that every feed starts with
};

/// Replaces the checkpoint, in one transaction. A database has only one, marked with the forgotten people on whom the
/// first model was trained. Returns false, and deletes the old one, if somebody was forgotten since the data was read.
bool save_loop(recsys::Database& db, const LoopIdentity& identity, const Loop& loop);

/// Restores `loop` from the checkpoint; returns whether there is one. Throws DataError if it belongs to another loop,
/// DamagedError if it does not fit.
bool restore_loop(const recsys::Database& db, const LoopIdentity& identity, Loop& loop);

/// Stores a finished loop, in one transaction: the run with `metrics` (JSON) and a session for each person and arm with
/// their total engagement. Deletes the checkpoint. Returns the run's number. Throws DataError if somebody was forgotten
/// since the data was read.
std::int64_t store_loop(recsys::Database& db, const RunRecord& run, const Loop& loop, const DataWorld& world,
                        std::string_view metrics);

/// The figures of every week as JSON: {"before": {...}, "arms": [{"name": ..., "weeks": [{...}, ...]}, ...]}; each
/// figure is {"mean": ..., "stderr": ...}.
std::string loop_figures_json(const Loop& loop);

}  // namespace infodiet::rl
