// A stored session lived once more: the same person is shown the same slates with the same luck, and every step tells
// what it was like from within. Needs no policy, so an agent may have learned again since.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rl/environment.hpp"
#include "rl/runs/run_store.hpp"

namespace infodiet::rl {

/// One step of a session. What its environment has no notion of is null.
struct Moment {
  /// What the slate met, in [0, 1]: choc-kale's satisfaction, elsewhere the probability that something of it is taken.
  double satisfaction = 0;
  /// How much of the same had been taken just before, in [0, 1]: the share of the last five items consumed that have
  /// the topics of the slate, mean over its items and their topics. Null without topics.
  std::optional<double> satiation{};
  /// Effective topics of all that was consumed up to and with this step; null before the first, and without topics.
  std::optional<double> effective_topics{};
};

/// Where items that were kept by their stored_name stand among the candidates now, or fewer positions than items if one
/// is not there.
std::vector<Position> positions_of(const Observation& observation, std::span<const double> shown,
                                   std::span<const std::int64_t> item_ids);

/// Throws DataError: a session does not come out as it was stored.
[[noreturn]] void refuse_replay(std::int64_t session, std::size_t step);

/// The moments of session `number` of a run with that seed and as many sessions a person. `steps` are all of its steps,
/// `item_ids` the ids by which items are stored, empty where they are stored by number. Throws DataError if the session
/// does not come out as stored, which means that the environment is not what it was: other settings or data, or another
/// recommender behind it.
std::vector<Moment> replay(const Environment& environment, const SessionPlan& session,
                           std::span<const StoredStep> steps, std::span<const std::int64_t> item_ids);

}  // namespace infodiet::rl
