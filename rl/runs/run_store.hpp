// Simulated runs in the database: the run, its sessions and their steps, in one transaction. Implements Recorder.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"
#include "rl/runs/simulate.hpp"

namespace infodiet::rl {

/// The record of a run. Texts marked JSON are stored as given.
struct RunRecord {
  std::string command;        ///< the command that made it, for repeating it
  std::string configuration;  ///< JSON: everything that decides the sessions, besides the seed
  std::uint64_t seed = 0;
  std::string environment;
  std::string policies;  ///< JSON array of names
  std::string reward;    ///< JSON: weights by term, or null
};

/// How much of a run is stored. The rest can be recomputed, since every session replays from its seed.
enum class Keep {
  sessions,  ///< the return of each session
  samples,   ///< and the steps of the first sessions of each policy: storing takes less time than simulating
  steps,     ///< and all steps
};
/// Sessions of a policy whose steps are stored as samples.
inline constexpr std::size_t sampled_sessions = 100;

/// Ids by number, if the environment uses a data set; else empty.
struct StoredIds {
  std::span<const std::int64_t> users;  ///< of the environment's people
  std::span<const std::int64_t> items;
  std::int64_t forgets = 0;  ///< of that data set (recsys::Dataset::forgets)
};

/// The number by which `shown` stores an item: its id in `item_ids`; or its number, if those are empty; or its
/// clickbait, if it is resampled. Null if unknown.
std::optional<double> stored_name(const Candidate& item, std::span<const std::int64_t> item_ids);

/// Writes one run. The file is unchanged until `finish`.
///
/// A step's `shown` is a JSON array of what was shown, best rank first: ids of items, or their numbers in an
/// environment without a data set, or their clickbait if items are resampled. `chosen` is the index in it, from 0, or
/// null; the terms are those of the consumed item. A session's `total_reward` is the sum of its steps' rewards as
/// drawn.
class RunWriter final : public Recorder {
 public:
  /// `db` and the ids must outlive it. Throws DataError if one of the users was forgotten meanwhile, SqliteError.
  RunWriter(recsys::Database& db, const RunRecord& run, Keep keep, const StoredIds& ids);

  /// The following sessions belong to this policy.
  void begin_policy(std::string_view policy) {
    policy_ = policy;
    recorded_ = 0;
  }
  void record(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes) override;
  /// One session without its steps. `person` is a number of StoredIds::users.
  void add_session(std::uint32_t number, std::optional<std::size_t> person, double total_reward);

  /// The id of the run.
  std::int64_t run() const { return run_; }
  /// Commits the run. `metrics` is JSON.
  void finish(std::string_view metrics);

 private:
  void record_steps(const Observation& session, std::size_t number, engine::MatrixSpan<const Outcome> outcomes);

  recsys::Database& db_;
  recsys::Transaction transaction_;
  std::int64_t run_;
  Keep keep_;
  StoredIds ids_;
  recsys::Statement insert_session_;
  recsys::Statement insert_step_;
  std::string policy_;
  std::size_t recorded_ = 0;  ///< sessions of the policy
  Observation seen_;
  std::string shown_;
};

/// A run as it is stored.
struct StoredRun {
  std::int64_t id = 0;
  RunRecord record;
  std::string metrics;  ///< JSON
};
/// All runs, oldest first.
std::vector<StoredRun> list_runs(const recsys::Database& db);

/// A step as it is stored.
struct StoredStep {
  std::vector<double> shown;       ///< see stored_name
  std::optional<Position> chosen;  ///< rank in `shown`
};
/// A session with stored steps; `user` if the environment has users.
struct StoredSession {
  std::int64_t id = 0;
  std::uint32_t number = 0;
  std::optional<std::int64_t> user{};
};
/// The sessions of a policy that have stored steps, by number.
std::vector<StoredSession> list_sessions_with_steps(const recsys::Database& db, std::int64_t run,
                                                    std::string_view policy);
/// The steps of a stored session, in order. Throws DamagedError for a `shown` or `chosen` that is not as RunWriter
/// writes it.
std::vector<StoredStep> load_steps(const recsys::Database& db, std::int64_t session);

}  // namespace infodiet::rl
