// The loop in the database: the checkpoint that an interrupted one goes on from, and the run that it becomes.
#pragma once

#include <string>
#include <string_view>

#include "recsys/store/database.hpp"
#include "rl/loop/loop.hpp"
#include "rl/runs/run_store.hpp"

namespace infodiet::rl {

/// What a loop is made of; a checkpoint goes on only under the same.
struct LoopIdentity {
  std::string configuration;  ///< JSON: everything that decides it beside data and seed
  std::uint64_t seed = 0;
  std::string data_fingerprint{};
  std::int64_t forgets = 0;          ///< of the data set (recsys::Dataset::forgets)
  std::int64_t forgotten_users = 0;  ///< known to the model that every feed begins with
};

/// Replaces the checkpoint, in one transaction; the recommenders in it know whom the model they began with knew, and it
/// is marked like that. There is one of a database. Returns false, and leaves none, if somebody
/// was forgotten since the data was read.
bool save_loop(recsys::Database& db, const LoopIdentity& identity, const Loop& loop);

/// Restores `loop` to the checkpoint; returns whether there is one. Throws DataError if it is of another loop,
/// DamagedError if it does not fit.
bool restore_loop(const recsys::Database& db, const LoopIdentity& identity, Loop& loop);

/// Stores a loop that has ended, in one transaction: the run with `metrics` (JSON), a session for each person of each
/// arm, with what they engaged in all weeks, and deletes the checkpoint. Returns the run's number. Throws DataError if
/// somebody was forgotten since the data was read.
std::int64_t store_loop(recsys::Database& db, const RunRecord& run, const Loop& loop, const DataWorld& world,
                        std::string_view metrics);

/// The figures of every week as JSON: {"before": {...}, "arms": [{"name": ..., "weeks": [{...}, ...]}, ...]}; each
/// figure is {"mean": ..., "stderr": ...}.
std::string loop_figures_json(const Loop& loop);

}  // namespace infodiet::rl
