// Kept slates: what was shown to whom out of what, how likely that was, and what came of it. Simulations, the service
// and imported logs keep them in the same way; recsys/schema.md describes the table. Judging policies from them is not
// done here (rl/judgement).
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
std::string_view name_of(SlateSource source);

/// What the items of a log are named by.
enum class SlateNames {
  items,    ///< ids of items
  numbers,  ///< an environment's own numbers, which are no items of the file
};

/// Slates that one policy chose.
struct SlateLog {
  std::int64_t id = 0;
  SlateSource source = SlateSource::service;
  std::optional<std::int64_t> run{};  ///< of source run
  std::string policy{};               ///< its name, or the arm of the service
  std::string version{};              ///< of what chose: a model's id, options; may be empty
  /// Whether probabilities are of a slate in its order, rather than of its items in any order.
  bool ordered = true;
  SlateNames names = SlateNames::items;
  std::string content{};  ///< of source import: digest of the file, so that it is not imported twice
};

/// One slate. Names of items are as the log says. A slate that is read points into its reader.
struct KeptSlate {
  std::int64_t session = 0;
  std::int64_t step = 0;                  ///< from 0, in the session
  std::int64_t person = 0;                ///< whoever has the same number in a log is one person
  std::optional<std::int64_t> user{};     ///< users.id, where they are known
  std::optional<std::int64_t> time{};     ///< Unix seconds
  std::span<const double> candidates{};   ///< what could be shown
  std::span<const double> slate{};        ///< (K) what was, best rank first
  std::optional<double> probability{};    ///< of the slate given all before it, in (0, 1]
  std::span<const double> places{};       ///< (K) that this item stands at this rank; empty where not known
  std::span<const double> prefixes{};     ///< (K) of the slate's first k items in their order; empty where not known
  std::optional<std::uint32_t> chosen{};  ///< rank in the slate of what was taken; nothing was where it is null
  double reward = 0;
};

/// One slate with memory of its own.
struct OwnedSlate {
  KeptSlate slate{};  ///< its lists are empty: see view()
  std::vector<double> candidates{};
  std::vector<double> shown{};
  std::vector<double> places{};
  std::vector<double> prefixes{};

  explicit OwnedSlate(const KeptSlate& kept)
      : slate(kept),
        candidates(kept.candidates.begin(), kept.candidates.end()),
        shown(kept.slate.begin(), kept.slate.end()),
        places(kept.places.begin(), kept.places.end()),
        prefixes(kept.prefixes.begin(), kept.prefixes.end()) {
    slate.candidates = slate.slate = slate.places = slate.prefixes = {};
  }
  /// Valid as long as this is.
  KeptSlate view() const {
    KeptSlate kept = slate;
    kept.candidates = candidates;
    kept.slate = shown;
    kept.places = places;
    kept.prefixes = prefixes;
    return kept;
  }
};

/// What is wrong with a slate, or nothing: it is empty, an item stands twice in it or among the candidates, is none of
/// the candidates, a probability is not above 0 and at most 1, `chosen` is no place of it, or a number is not finite.
std::optional<std::string> slate_problem(const KeptSlate& slate);

/// Adds slates to one log. One that is equal in all but id and content is continued; runs and imports have new ones.
class SlateWriter {
 public:
  /// `db` must outlive it. Writes at once: whoever needs all or nothing holds a Transaction. Throws SqliteError.
  SlateWriter(Database& db, const SlateLog& log);

  std::int64_t log() const { return log_; }
  /// A session that the log does not have yet, where nobody else numbers them.
  std::int64_t new_session();
  /// Throws DataError for a slate with a slate_problem.
  void add(const KeptSlate& slate);

 private:
  std::int64_t log_;
  Statement insert_;
  Statement last_session_;
  std::int64_t session_ = -1;  ///< of the slate before, and all of its candidates that are worth comparing
  std::int64_t step_ = -1;
  std::vector<double> candidates_;
};

/// Notes that somebody took an item which the service had shown them: it goes to the latest of their kept slates that
/// holds it and of which nothing was taken yet. Returns whether there was one.
bool note_taken(Database& db, std::int64_t user_id, std::int64_t item_id, double reward);

/// A log and how much is in it.
struct SlateLogSize {
  SlateLog log;
  std::int64_t sessions = 0;
  std::int64_t slates = 0;
  std::int64_t without_probability = 0;
};
/// All logs, oldest first. Throws DamagedError.
std::vector<SlateLogSize> list_slate_logs(const Database& db);

/// Reads a log's slates by session and step. What is given is valid during the call. Throws DamagedError naming the
/// slate where one makes no sense.
void read_slates(const Database& db, std::int64_t log, const std::function<void(const KeptSlate&)>& take);

}  // namespace infodiet::recsys
