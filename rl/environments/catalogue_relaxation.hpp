// The relaxed problem of one person with one attention budget, solved by dynamic programming; catalogue_bound.hpp
// states what is relaxed and why its value is a bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "rl/environments/catalogue.hpp"

namespace infodiet::rl {

/// Whether the relaxation covers a term of the reward.
bool relaxation_covers(std::string_view term);

/// Items that the state does not distinguish once consumed: those with the same topics, or a single one.
struct RelaxedKind {
  std::vector<Topic> topics;
  double least_bad = std::numeric_limits<double>::infinity();  ///< of max(0, -quality)
  double engagement = 0;                                       ///< of its last item
  std::size_t items = 0;
};

/// An offer in the relaxed problem.
struct RelaxedOffer {
  Candidate item;
  std::size_t kind = 0;
  double worth = 0;      ///< utility without boredom
  double reward = 0;     ///< of the terms that depend only on the item
  std::size_t step = 0;  ///< cells that consuming it advances
};

/// The relaxed problem of one person with one budget.
class Relaxation {
 public:
  /// Limits of the state space.
  struct Room {
    std::size_t memories;  ///< states of what was consumed
    std::size_t cells;     ///< of the engagement spent
  };
  /// `prices` (offers) decide which offers to distinguish; empty if unknown.
  Relaxation(const CatalogueEnvironment& environment, const CatalogueEnvironment::State& state, const Room& room,
             std::span<const double> prices)
      : options_(environment.options()), weights_(environment.reward()), attention_(*state.consumption.attention()) {
    add_offers(environment, state);
    choose_memory(room, prices);
    remember();
    tabulate();
  }

  /// A solution.
  struct Solution {
    double value = 0;           ///< with the prices added
    std::vector<double> taken;  ///< (offers) expected number of times each is consumed
  };
  /// Solves it with these prices (offers).
  Solution solve(std::span<const double> prices);
  std::size_t offers() const { return offers_.size(); }
  /// Whether the state holds the kinds of all consumed items, and whether an offer is a kind of its own.
  bool keeps_all() const { return keeps_all_; }
  bool is_marked(std::size_t offer) const { return kinds_[offers_[offer].kind].items == 1; }
  /// The largest reward of one step.
  double largest_reward() const;

 private:
  void add_offers(const CatalogueEnvironment& environment, const CatalogueEnvironment::State& state);
  void choose_memory(const Room& room, std::span<const double> prices);
  void divide_engagement(std::size_t most_cells);
  void make_kinds(std::span<const std::size_t> marked);
  bool may_hold(const std::vector<std::size_t>& memory, std::size_t kind) const;
  std::vector<std::size_t> longer(const std::vector<std::size_t>& memory, std::size_t kind) const;
  void remember();
  void tabulate();
  double reward_after(std::size_t memory, const RelaxedOffer& offer) const;
  /// What may be shown in a state: how many of the first offers, and whether exactly K of them are.
  struct Choice {
    std::size_t allowed = 0;
    bool exact = false;
  };
  Choice choice_at(std::size_t t, std::size_t memory) const;
  std::size_t best_slate(std::size_t memory, double nothing, double stay, const Choice& choice);
  void step_back(std::size_t t, std::span<const double> prices);
  std::vector<double> follow() const;
  bool knows_all(std::size_t memory) const {
    const std::size_t size = memories_[memory].size();
    return keeps_all_ ? size <= Consumption::remembered : size < depth_ || depth_ >= Consumption::remembered;
  }
  std::size_t at(std::size_t memory, std::size_t cell) const { return memory * cells_ + cell; }
  double nothing(std::size_t memory, std::size_t cell) const { return bad_[memory] * tired_[cell]; }

  const CatalogueOptions& options_;
  const RewardWeights& weights_;
  double attention_;
  std::vector<RelaxedOffer> offers_;
  std::vector<RelaxedKind> kinds_;
  bool keeps_all_ = false;  ///< the kinds of all consumed items are remembered, unordered
  bool single_ = false;     ///< the same, and every offer is a kind of its own
  bool whole_ = true;       ///< rounding down the engagement spent loses nothing
  double width_ = 0;        ///< of a cell; 0 if engagement does not matter
  std::size_t cells_ = 1;
  std::size_t depth_ = 0;                           ///< items remembered
  std::vector<std::vector<std::size_t>> memories_;  ///< kinds consumed last, latest last; ascending if all are kept
  std::vector<double> spent_;                       ///< (memories) known engagement beside the cell
  std::vector<std::size_t> next_;                   ///< (memories, kinds)
  std::vector<double> worth_;                       ///< (memories, offers) exp(utility); 0 if it cannot be shown again
  std::vector<double> reward_;                      ///< (memories, offers) without overload
  std::vector<double> bad_;                         ///< (memories) exp(utility of nothing) without fatigue
  std::vector<double> tired_;                       ///< (cells) its factor from fatigue
  std::vector<double> after_;                       ///< (memories, cells) value from the next step on
  std::vector<double> value_;                       ///< (memories, cells)
  std::vector<double> rank_factors_;                ///< (K) factor of exp(utility) at each rank
  std::vector<double> gain_;                        ///< (offers) of one state, reused
  std::vector<std::uint32_t> shown_;                ///< (steps, memories, cells, K) slates, ended by `none`
  std::vector<std::uint32_t> slate_;                ///< (K) reused
};

}  // namespace infodiet::rl
