// A recommender's lists re-ranked for balance: its best candidates, calibrated to what each person consumes.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "recsys/data/repeats.hpp"
#include "recsys/ranking/recommender.hpp"
#include "recsys/ranking/top_k.hpp"
#include "recsys/store/item_topics.hpp"
#include "rl/diet/items.hpp"

namespace infodiet::rl {

/// (topics) topic_shares of a history or, weighted by rank, of a list; empty if no item has a topic.
std::vector<double> history_interest(const recsys::History& history, const recsys::ItemTopics& topics,
                                     ListWeights weights = ListWeights::even);

/// How a list is balanced.
struct BalanceOptions {
  double weight = 0.5;                                ///< of balance against relevance, in [0, 1]; 0 keeps the order
  std::size_t length = 20;                            ///< of the list that is balanced
  recsys::Repeats repeats = recsys::Repeats::forbid;  ///< whether CalibratedRecommender may list items of the history

  /// How many of the best items a list is chosen from: ten times as many, at least 100.
  std::size_t candidates() const;
};

/// The `length` items that calibrated_slate (rl/policies/rerank.hpp; Steck, RecSys'18) chooses from `best`, best first,
/// towards the topics of `history`, with their scores. Keeps the order if the history's topics are unknown.
std::vector<recsys::ScoredItem> calibrated_list(std::span<const recsys::ScoredItem> best,
                                                const recsys::History& history, const recsys::ItemTopics& topics,
                                                const BalanceOptions& options);

/// Ranks like `inner`, except for the first ranks, which calibrated_list fills.
class CalibratedRecommender final : public recsys::Recommender {
 public:
  /// Both must outlive it.
  CalibratedRecommender(const recsys::Recommender& inner, const recsys::ItemTopics& topics,
                        const BalanceOptions& options);

  /// "<inner> diet=<weight>"
  std::string name() const override;
  std::size_t catalogue_size() const override { return inner_.catalogue_size(); }
  /// The scores of the list's items are raised above all others, in steps of 1.
  void score(std::span<const recsys::History> histories, engine::MatrixSpan<float> scores) const override;

 private:
  const recsys::Recommender& inner_;
  const recsys::ItemTopics& topics_;
  BalanceOptions options_;
};

}  // namespace infodiet::rl
