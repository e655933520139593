// catalogue: simulated people over any data set. Tastes come from real histories, topics and attributes from the items,
// candidates from a recommender; boredom, attention and choice are assumed. It has no known optimum and claims nothing
// about real people.
#pragma once

#include <span>
#include <vector>

#include "recsys/ranking/recommender.hpp"
#include "recsys/ranking/top_k.hpp"
#include "rl/catalogue.hpp"
#include "rl/environment.hpp"
#include "rl/parameters.hpp"
#include "rl/reward.hpp"

namespace infodiet::rl {

struct CatalogueOptions {
  double taste = 2;
  double lure = 1;
  double boredom = 0.5;
  double regret = 0.6;
  double rest = 2;
  double fatigue = 1;
  double attention = 0.5;
  std::size_t candidates = 50;
  std::size_t slate = 5;
  std::size_t steps = 20;
};

/// Somebody to simulate.
struct Person {
  std::vector<double> interest;            ///< (topics) shares of topics in their history, adding to 1
  std::vector<recsys::ScoredItem> offers;  ///< unseen items, best first
};

/// Everybody in `data`, each with the `offers` best items that they have not seen, by the recommender's scores after
/// their whole history. An item with m topics counts 1 / m for each; a history without topics gives an even interest.
/// Throws DataError if somebody has seen so much that fewer are left, and ShapeError if sizes differ.
std::vector<Person> people_of(const recsys::Dataset& data, const Catalogue& catalogue,
                              const recsys::Recommender& recommender, std::size_t offers);

class CatalogueEnvironment final : public Environment {
 public:
  static constexpr std::string_view id = "catalogue";
  static constexpr std::string_view assumption_text =
      "A person's taste for a topic is its share in their real history, relative to their favourite's. The recommender "
      "ranks the items they have not seen once, before the session; the best of them that are not yet consumed are on "
      "offer. An item is worth taste times the mean taste of its topics + lure times its clickbait - boredom times the "
      "mean count of its topics among the last five items consumed (an item of m topics counts 1 / m for each). "
      "Consuming nothing is worth rest + regret times the bad quality among the last five + fatigue times the share by "
      "which attention is overspent. A slate is shown, and one of its items or nothing is chosen by multinomial logit. "
      "What is chosen is consumed whole: its engagement is its minutes, or 1 where they are unknown. A person means to "
      "spend attention times the steps times the mean engagement of an item, give or take half. What is unknown of an "
      "item moves nobody. The reward is the weighted sum given by --reward.";

  struct State {
    std::uint32_t person = 0;
    std::vector<std::uint32_t> available;  ///< (candidates) places among the person's offers, best first
    std::uint32_t next_offer = 0;          ///< first offer that was never available
    Consumption consumption;
  };

  /// `catalogue` must outlive the environment. Throws SettingError for values out of range and a slate larger than the
  /// candidates, DataError for a catalogue without items or topics and people without enough offers.
  CatalogueEnvironment(const Catalogue& catalogue, std::vector<Person> people, const RewardWeights& reward,
                       const CatalogueOptions& options = {});

  static std::span<const Parameter<CatalogueOptions>> parameters();
  /// Offers that a person needs for a session: one for each candidate, and one for each that may be consumed.
  static std::size_t offers_needed(const CatalogueOptions& options) { return options.candidates + options.steps; }

  std::string name() const override { return std::string(id); }
  std::string_view assumptions() const override { return assumption_text; }
  Shape shape() const override { return {options_.steps, options_.candidates, options_.slate, catalogue_.topics()}; }
  std::unique_ptr<SessionBatch> open_sessions() const override;

  State reset(engine::RandomStream& stream) const;
  Outcome step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const;
  Candidate candidate(const State& state, Position position) const;
  std::span<const double> interest(const State& state) const { return people_[state.person].interest; }
  std::optional<double> attention(const State& state) const { return state.consumption.attention(); }

  const RewardWeights& reward() const { return reward_; }
  std::size_t people() const { return people_.size(); }
  /// What an item is worth to a person at the moment of choice.
  double utility(const State& state, const Candidate& item) const;
  double utility_of_nothing(const State& state) const;

 private:
  const Catalogue& catalogue_;
  std::vector<Person> people_;
  std::vector<double> favourites_;  ///< (people) largest share of interest
  RewardWeights reward_;
  CatalogueOptions options_;
  double usual_attention_;  ///< engagement that people mean to spend in a session, on average
};

}  // namespace infodiet::rl
