// Logs of slates as sessions, and a log from elsewhere as an environment: what is observed is what the log and the
// database tell, and whatever is shown brings what the log says it brought.
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

struct LoggedSession {
  std::int64_t number = 0;
  std::int64_t person = 0;
  std::optional<std::int64_t> user{};  ///< users.id
  std::vector<recsys::OwnedSlate> slates;
};

/// What one policy showed.
struct LoggedSessions {
  std::string policy;
  std::string version;
  bool ordered = true;
  std::vector<LoggedSession> sessions;

  std::size_t slates() const;
  std::size_t longest() const;
  /// Whether every slate has one.
  bool has_probabilities() const;
};

/// A kept log. Throws DamagedError; DataError if it is empty.
LoggedSessions load_log(const recsys::Database& db, const recsys::SlateLog& log);
/// A log of a file. `db` knows who of it is known.
LoggedSessions sessions_of(const recsys::SlateFileLog& log, const recsys::Database& db);

/// Sessions of a log as policies may observe them: candidates are the log's, with what is stored of the items and the
/// recommender's scores after what the person had consumed before the session (all of it, where the log or the history
/// has no times). Session i of a plan is session i of the log, and takes one slate after the other from it.
class LoggedEnvironment final : public Environment {
 public:
  /// All must outlive it.
  LoggedEnvironment(const LoggedSessions& log, const DataWorld& world, const recsys::Recommender& recommender);

  std::string name() const override { return "log"; }
  std::string_view assumptions() const override { return "What is shown brings what it brought when it was logged."; }
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
  Before before(const LoggedSession& session) const;
  /// Dense number of a stored item.
  std::optional<std::uint32_t> item_of(double id) const;

 private:
  const LoggedSessions& log_;
  const DataWorld& world_;
  const recsys::Recommender& recommender_;
};

}  // namespace infodiet::rl
