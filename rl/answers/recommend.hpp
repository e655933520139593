// What somebody should see next, and which interactions carried each pick.
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

/// What chooses.
enum class Chooser {
  recommender,
  agent,  ///< that learned in catalogue, from what the recommender ranks highest
};

struct RecommendOptions {
  std::size_t k = 10;
  double diet = 0;  ///< weight of balance towards the person's own topics, in [0, 1]; the recommender's lists alone
  Chooser chooser = Chooser::recommender;
  Filter filter{};
  bool reasons = true;  ///< whether picks come with their carriers, which takes longer than the list
};

/// An item of the history that carried a pick.
struct Carrier {
  recsys::ItemIndex item;
  double weight;  ///< recsys::Reason's share; the highest where it was consumed several times
};

struct Pick {
  recsys::ScoredItem scored{};
  std::optional<double> chance{};  ///< that this comes next, where the score is its logarithm
  /// What carried the attention model's score of it, by which an agent is offered it too; strongest first, none below
  /// recsys::least_share or rated low; empty where no model scored it.
  std::vector<Carrier> because{};
};

struct Recommendation {
  std::string model{};     ///< what chose: "attention", "popularity", "agent"
  std::string fallback{};  ///< why it is the most popular items, or empty
  std::vector<Pick> picks{};
  std::string nothing{};  ///< why there is no pick, or empty
};

/// The most carriers a pick has.
inline constexpr std::size_t most_carriers = 3;

/// The best items that the filter allows, that were not rated low and, where View::repeats forbids them, that are not
/// in the history, best first, with their carriers; popular items, labelled so, for somebody without a history and
/// where no model is trained. Throws DataError where balance is asked for and no item has topics, or the agent's choice
/// and none has learned.
Recommendation recommend(const View& view, engine::ThreadPool& pool, const Profile& profile,
                         const RecommendOptions& options);

/// Fills in what carried the attention model's scores of picks for `profile`.
void add_carriers(const View& view, engine::ThreadPool& pool, const Profile& profile, std::vector<Pick>& picks);

/// Calls `visit(number, recommendation)` for every user of view.users(), in order, on the calling thread, with what
/// `recommend` says, without carriers. Throws Error where no model is published.
void batch_recommend(const View& view, engine::ThreadPool& pool, std::size_t k, const Filter& filter,
                     const std::function<void(std::size_t user, const Recommendation& list)>& visit);

/// How picks depend on a history: recsys/reasons' score drops of several picks at once.
struct Influence {
  recsys::History seen{};                ///< what the model reads of the history: its end
  std::vector<double> attention{};       ///< (seen) how much the model looks at each, the same for every pick
  engine::Matrix<float> drops{};         ///< (seen, picks) what each pick's score loses without the interaction
  std::vector<recsys::ItemIndex> low{};  ///< of the history, ascending: what its person rated low, which is no reason

  bool is_low(recsys::ItemIndex item) const { return std::binary_search(low.begin(), low.end(), item); }
};
/// `profile` must outlive it. Throws Error where no model is published.
Influence influence_on(const View& view, engine::ThreadPool& pool, const Profile& profile,
                       std::span<const recsys::ItemIndex> picks);

}  // namespace infodiet::rl
