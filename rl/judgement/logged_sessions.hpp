// Logs of slates as sessions, and an imported log as an environment: observations come from the log and the database,
// and any slate has the logged result.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recsys/import/slates_file.hpp"
#include "recsys/ranking/recommender.hpp"
#include "recsys/store/slates.hpp"
#include "rl/environment.hpp"
#include "rl/environments/data_world.hpp"

namespace infodiet::rl {

/// One session.
struct LoggedSession {
  std::int64_t number = 0;
  std::int64_t person = 0;
  std::optional<std::int64_t> user{};  ///< users.id
  std::vector<recsys::OwnedSlate> slates;
};

/// The sessions of one policy.
struct LoggedSessions {
  std::string policy;
  std::string version;
  bool ordered = true;
  std::vector<LoggedSession> sessions;

  /// Number of slates in all sessions, and in the longest.
  std::size_t slates() const;
  std::size_t longest() const;
  /// Whether every slate has a probability.
  bool has_probabilities() const;
};

/// A stored log. Throws DamagedError; DataError if it is empty.
LoggedSessions load_log(const recsys::Database& db, const recsys::SlateLog& log);
/// A log from a file, with the users that `db` knows.
LoggedSessions sessions_of(const recsys::SlateFileLog& log, const recsys::Database& db);

/// Sessions of a log as policies may observe them: candidates are the log's, with stored attributes and the
/// recommender's scores after what the person had consumed before the session (everything, if the log or the history
/// has no times). Session i of a plan is session i of the log, slate by slate.
class LoggedEnvironment final : public Environment {
 public:
  /// All must outlive it.
  LoggedEnvironment(const LoggedSessions& log, const DataWorld& world, const recsys::Recommender& recommender);

  std::string name() const override { return "log"; }
  std::string_view assumptions() const override { return "Whatever is shown has the result that was logged."; }
  Shape shape() const override;
  bool order_matters() const override { return log_.ordered; }
  std::unique_ptr<SessionBatch> open_sessions() const override;

  const LoggedSessions& log() const { return log_; }
  const DataWorld& world() const { return world_; }
  /// (V) scores for the person of a session, and their interest.
  struct Before {
    std::vector<float> scores;
    std::vector<double> interest;
  };
  /// Scores and interest for a session.
  Before before(const LoggedSession& session) const;
  /// Dense number of a stored item.
  std::optional<std::uint32_t> item_of(double id) const;

 private:
  const LoggedSessions& log_;
  const DataWorld& world_;
  const recsys::Recommender& recommender_;
};

}  // namespace infodiet::rl
