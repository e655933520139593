// What is popular now: popularity that fades with age. All it uses of the person is the time of their last interaction.
#pragma once

#include <vector>

#include "recsys/baselines/baseline.hpp"

namespace infodiet::recsys {

/// Half-lives.
struct RecentPopularityOptions {
  /// If times are real: after how many interactions of all users an interaction counts half.
  double timeline_half_life = 500.0;
  /// Otherwise: after how many further interactions of the same user it counts half.
  double position_half_life = 2.0;
};

/// Exponentially decayed popularity, as of the moment asked about (DecayPop of Ji et al., "A Re-visit of the Popularity
/// Baseline in Recommender Systems", SIGIR 2020).
/// - Real times (TimeKind): of the training interactions up to the last time in the history, the n-th newest counts
///   2^(-n / timeline_half_life). Nothing later is used; a history without times is taken to end with training.
/// - Otherwise times are not comparable between users, and everyone gets the same list: in each training history the
///   n-th newest interaction counts 2^(-n / position_half_life).
/// Weights are normalised to shares; a thousandth of the overall share is added, so that items without recent
/// interactions are ordered by popularity.
class RecentPopularity final : public Baseline {
 public:
  /// Counts from `training`. Throws Error unless both half-lives are positive.
  explicit RecentPopularity(const Dataset& training, const RecentPopularityOptions& options = {});

  /// The counts, to store and to restore the model from.
  struct Counted {
    std::vector<float> background;         ///< (V) without the timeline
    std::vector<std::int64_t> times = {};  ///< the timeline, oldest first; empty where times are not real
    std::vector<ItemIndex> items = {};     ///< of the timeline
  };
  /// Throws ShapeError if the timeline has not as many times as items.
  explicit RecentPopularity(Counted counted, const RecentPopularityOptions& options = {});
  const Counted& counted() const { return counted_; }

  std::string name() const override { return "recent_popularity"; }

 private:
  void score_one(const History& history, std::span<float> scores) const override;

  double decay_;  ///< weight of an interaction relative to the next newer one of the timeline
  Counted counted_;
};

}  // namespace infodiet::recsys
