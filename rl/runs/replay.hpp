// Replays a stored session: the same person sees the same slates with the same random draws, and every step reports the
// person's latent figures. Needs no policy, so an agent may have been retrained since.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rl/environment.hpp"
#include "rl/runs/run_store.hpp"

namespace infodiet::rl {

/// One step of a session. Figures that its environment does not define are null.
struct Moment {
  /// Satisfaction with the slate, in [0, 1]: that of choc-kale, elsewhere the probability that something of it is
  /// taken.
  double satisfaction = 0;
  /// Satiation, in [0, 1]: the share of the last five consumed items with the topics of the slate, mean over its items
  /// and their topics. Null without topics.
  std::optional<double> satiation{};
  /// Effective topics of everything consumed up to this step; null before the first item, and without topics.
  std::optional<double> effective_topics{};
};

/// The positions among the candidates of items stored by stored_name; fewer positions than items if one is missing.
std::vector<Position> positions_of(const Observation& observation, std::span<const double> shown,
                                   std::span<const std::int64_t> item_ids);

/// Throws DataError: a session replays differently from what is stored.
[[noreturn]] void refuse_replay(std::int64_t session, std::size_t step);

/// The moments of the session of plan `session` (one session). `steps` are all of its steps, `item_ids` the ids by
/// which items are stored, empty if they are stored by number. Throws DataError if the session replays differently,
/// because settings, data or the recommender have changed.
std::vector<Moment> replay(const Environment& environment, const SessionPlan& session,
                           std::span<const StoredStep> steps, std::span<const std::int64_t> item_ids);

}  // namespace infodiet::rl
