// Recommendations for a person, and the interactions that carried each pick.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "engine/tensor.hpp"
#include "recsys/ranking/top_k.hpp"
#include "rl/answers/filter.hpp"
#include "rl/answers/view.hpp"

namespace infodiet::rl {

/// What chooses the items.
enum class Chooser {
  recommender,
  agent,  ///< the agent that learned in catalogue, among the recommender's best
};

/// What to recommend.
struct RecommendOptions {
  std::size_t k = 10;
  double diet = 0;  ///< weight of balance towards the person's own topics, in [0, 1]; for the recommender only
  Chooser chooser = Chooser::recommender;
  Filter filter{};
  bool reasons = true;  ///< whether to add carriers, which take longer than the list
};

/// An item of the history that carried a pick.
struct Carrier {
  recsys::ItemIndex item;
  double weight;  ///< recsys::Reason::share; the largest if it was consumed several times
};

/// A recommended item.
struct Pick {
  recsys::ScoredItem scored{};
  std::optional<double> chance{};  ///< probability that it comes next, if the score is its logarithm
  /// What carried the attention model's score of it, strongest first, without shares below recsys::least_share and
  /// items rated low; empty if no model scored it. An agent's candidates have such scores too.
  std::vector<Carrier> because{};
};

/// A list.
struct Recommendation {
  std::string model{};     ///< "attention", "popularity" or "agent"
  std::string fallback{};  ///< why these are the most popular items, or empty
  std::vector<Pick> picks{};
  std::string nothing{};  ///< why there are no picks, or empty
};

/// Most carriers of a pick.
inline constexpr std::size_t most_carriers = 3;

/// The best items that the filter allows, that were not rated low and, where View::repeats forbids them, that are not
/// in the history, best first, with their carriers; popular items, labelled so, for an empty history or without a
/// trained model. Throws DataError if balance is requested and no item has topics, or the agent and none has learned.
Recommendation recommend(const View& view, engine::ThreadPool& pool, const Profile& profile,
                         const RecommendOptions& options);

/// Fills in Pick::because for `profile`.
void add_carriers(const View& view, engine::ThreadPool& pool, const Profile& profile, std::vector<Pick>& picks);

/// Calls `visit(user, list)` for every user of view.users(), in order, on the calling thread; lists are those of
/// `recommend`, without carriers. Throws Error if no model is published.
void batch_recommend(const View& view, engine::ThreadPool& pool, std::size_t k, const Filter& filter,
                     const std::function<void(std::size_t user, const Recommendation& list)>& visit);

/// How picks depend on a history: recsys/reasons' score drops of several picks at once.
struct Influence {
  recsys::History seen{};                ///< the end of the history that the model reads
  std::vector<double> attention{};       ///< (seen) attention weights, the same for every pick
  engine::Matrix<float> drops{};         ///< (seen, picks) what each pick's score loses without the interaction
  std::vector<recsys::ItemIndex> low{};  ///< items of the history rated low, ascending; they are never reasons

  bool is_low(recsys::ItemIndex item) const { return std::binary_search(low.begin(), low.end(), item); }
};
/// The influence of `profile`, which must outlive it, on these picks. Throws Error if no model is published.
Influence influence_on(const View& view, engine::ThreadPool& pool, const Profile& profile,
                       std::span<const recsys::ItemIndex> picks);

}  // namespace infodiet::rl
