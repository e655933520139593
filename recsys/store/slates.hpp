// Kept slates: what was shown to whom, from which candidates, with what probability, and the result. Simulations, the
// service and imported logs use the same table, which recsys/schema.md describes. rl/judgement evaluates policies from
// them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/store/database.hpp"

namespace infodiet::recsys {

/// Where slates came from.
enum class SlateSource { run, service, import };
/// "run", "service" or "import".
std::string_view name_of(SlateSource source);

/// How a log names items.
enum class SlateNames {
  items,    ///< ids of items
  numbers,  ///< an environment's own numbers, not items of the file
};

/// Slates that one policy chose.
struct SlateLog {
  std::int64_t id = 0;
  SlateSource source = SlateSource::service;
  std::optional<std::int64_t> run{};  ///< of source run
  std::string policy{};               ///< its name, or the arm of the service
  std::string version{};              ///< of the policy: a model's id, options; may be empty
  /// Whether probabilities are those of the ordered slate, rather than of its set of items.
  bool ordered = true;
  SlateNames names = SlateNames::items;
  std::string content{};  ///< for source import: a digest of the file, which prevents a second import
};

/// One slate, with items named as the log says. Refers to memory of its owner.
struct KeptSlate {
  std::int64_t session = 0;
  std::int64_t step = 0;                         ///< from 0, in the session
  std::int64_t person = 0;                       ///< number of the person within the log
  std::optional<std::int64_t> user{};            ///< users.id, if known
  std::optional<std::int64_t> time{};            ///< Unix seconds
  std::span<const double> candidates{};          ///< the items that could be shown
  std::span<const double> slate{};               ///< (K) the items shown, best rank first
  std::optional<double> probability{};           ///< of the slate given all earlier ones, in (0, 1]
  std::span<const double> rank_probabilities{};  ///< (K) probability that this item has this rank; empty if unknown
  std::span<const double> prefixes{};     ///< (K) probability of the first k items in their order; empty if unknown
  std::optional<std::uint32_t> chosen{};  ///< rank, from 0, of the item taken; null if none was
  double reward = 0;
};

/// One slate that owns its memory.
struct OwnedSlate {
  KeptSlate slate{};  ///< its lists are empty: see view()
  std::vector<double> candidates{};
  std::vector<double> shown{};
  std::vector<double> rank_probabilities{};
  std::vector<double> prefixes{};

  explicit OwnedSlate(const KeptSlate& kept)
      : slate(kept),
        candidates(kept.candidates.begin(), kept.candidates.end()),
        shown(kept.slate.begin(), kept.slate.end()),
        rank_probabilities(kept.rank_probabilities.begin(), kept.rank_probabilities.end()),
        prefixes(kept.prefixes.begin(), kept.prefixes.end()) {
    slate.candidates = slate.slate = slate.rank_probabilities = slate.prefixes = {};
  }
  /// The slate, valid as long as this.
  KeptSlate view() const {
    KeptSlate kept = slate;
    kept.candidates = candidates;
    kept.slate = shown;
    kept.rank_probabilities = rank_probabilities;
    kept.prefixes = prefixes;
    return kept;
  }
};

/// What is wrong with a slate, or nothing: it is empty, an item occurs twice in it or among the candidates, an item is
/// not among the candidates, a probability is not in (0, 1], `chosen` is not one of its ranks, or a number is not
/// finite.
std::optional<std::string> slate_problem(const KeptSlate& slate);

/// Adds slates to one log. Continues the service's log if one is equal in policy, version and order; runs and imports
/// get new ones.
class SlateWriter {
 public:
  /// `db` must outlive it. Writes immediately; hold a Transaction for all or nothing. Throws SqliteError.
  SlateWriter(Database& db, const SlateLog& log);

  /// The id of the log.
  std::int64_t log() const { return log_; }
  /// A new session number, if the caller does not number sessions.
  std::int64_t new_session();
  /// Throws DataError for a slate with a slate_problem.
  void add(const KeptSlate& slate);

 private:
  std::int64_t log_;
  Statement insert_;
  Statement last_session_;
  std::int64_t session_ = -1;  ///< of the previous slate, whose candidates are compared
  std::int64_t step_ = -1;
  std::vector<double> candidates_;
};

/// Records that somebody took an item that the service showed them, in their latest kept slate that contains it and
/// from which nothing was taken yet. Returns whether there was one.
bool note_taken(Database& db, std::int64_t user_id, std::int64_t item_id, double reward);

/// A log and its size.
struct SlateLogSize {
  SlateLog log;
  std::int64_t sessions = 0;
  std::int64_t slates = 0;
  std::int64_t without_probability = 0;
};
/// All logs, oldest first. Throws DamagedError.
std::vector<SlateLogSize> list_slate_logs(const Database& db);

/// Reads a log's slates by session and step. Each is valid during its call of `take`. Throws DamagedError naming an
/// invalid slate.
void read_slates(const Database& db, std::int64_t log, const std::function<void(const KeptSlate&)>& take);

}  // namespace infodiet::recsys
