// catalogue: simulated people over any data set. Tastes come from real histories, topics and attributes from the items,
// candidates from a recommender; boredom, attention and choice are assumptions. Its optimum is not known, and it makes
// no claims about real people.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "recsys/ranking/recommender.hpp"
#include "recsys/ranking/top_k.hpp"
#include "recsys/settings.hpp"
#include "rl/catalogue.hpp"
#include "rl/environment.hpp"
#include "rl/reward.hpp"

namespace infodiet::rl {

/// The settings; `settings()` has their meanings.
struct CatalogueOptions {
  double taste = 2;
  double lure = 1;
  double boredom = 0.5;
  double regret = 0.6;
  double rest = 2;
  double fatigue = 1;
  double attention = 0.5;
  double taste_drift = 0;
  double rank = 0;
  double loyalty = 2;
  double attachment = 3;
  std::size_t candidates = 50;
  std::size_t slate = 5;
  std::size_t steps = 20;
};

/// A person to simulate.
struct Person {
  std::vector<double> interest;  ///< (topics) shares of topics in their history, summing to 1; visible to policies
  std::vector<recsys::ScoredItem> offers;  ///< best first, unseen ones before seen ones
  std::vector<double> taste{};             ///< (topics) what they like, summing to 1; empty: equal to their interest
};

/// Everybody in `data`, each with the `offers` best items that they have not seen, by the recommender's scores after
/// their complete history; if there are too few, followed by the best they have seen. An item with m topics counts 1 /
/// m for each; a history without topics gives a uniform interest. Throws DataError if there are fewer than `offers`
/// items, ShapeError if sizes differ.
std::vector<Person> people_of(const recsys::Dataset& data, const Catalogue& catalogue,
                              const recsys::Recommender& recommender, std::size_t offers);

/// The environment; assumption_text states its rules.
class CatalogueEnvironment final : public Environment {
 public:
  static constexpr std::string_view id = "catalogue";
  static constexpr std::string_view assumption_text =
      "A person's taste for a topic is its share of their real history, relative to that of their favourite topic. "
      "Consuming an item moves the taste towards its topics by the fraction taste_drift; no policy sees this. The "
      "recommender ranks the items that a person has not seen once, before the session; candidates are the best of "
      "them not yet consumed. The utility of an item is taste times the mean taste for its topics + lure times its "
      "clickbait - boredom times the mean count of its topics among the last five items consumed (an item of m topics "
      "counts 1 / m for each) - rank times the logarithm of its rank on the slate. The utility of choosing nothing is "
      "rest + regret times how far the qualities of the last five items lie below 0, in total + fatigue times the "
      "share by which the attention budget is exceeded. One item of the slate, or nothing, is chosen by multinomial "
      "logit. The chosen item is consumed completely: its engagement is its minutes, or 1 if unknown. The attention "
      "budget is attention times the number of steps times the mean engagement of an item, plus or minus up to half. "
      "Unknown attributes have no effect. The reward is the weighted sum given by --reward. With --weeks, people "
      "return each week with log-odds loyalty + attachment times their satisfaction, the mean quality of what they "
      "consumed recently.";

  struct State {
    std::uint32_t person = 0;
    std::vector<std::uint32_t> available;  ///< (candidates) indices of the person's offers, best first
    std::uint32_t next_offer = 0;          ///< first offer that was never available
    Consumption consumption;
    std::vector<double> taste;  ///< (topics) if tastes move, else empty
    double favourite = 1;       ///< largest share of the taste
  };

  /// `catalogue` must outlive the environment. Throws SettingError for values out of range and a slate larger than the
  /// candidates, DataError for a catalogue without items or topics and people without enough offers.
  CatalogueEnvironment(const Catalogue& catalogue, std::vector<Person> people, const RewardWeights& reward,
                       const CatalogueOptions& options = {});

  static std::span<const recsys::Setting<CatalogueOptions>> settings();
  /// Number of offers that a session needs: one for each candidate and each step.
  static std::size_t offers_needed(const CatalogueOptions& options) { return options.candidates + options.steps; }

  std::string name() const override { return std::string(id); }
  std::string_view assumptions() const override { return assumption_text; }
  Shape shape() const override { return {options_.steps, options_.candidates, options_.slate, catalogue_.topics()}; }
  bool order_matters() const override { return options_.rank != 0; }
  std::unique_ptr<SessionBatch> open_sessions() const override;

  State reset(engine::RandomStream& stream, std::uint32_t number = 0) const;
  Outcome step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const;
  Candidate candidate(const State& state, Position position) const;
  std::span<const double> interest(const State& state) const { return of(state).interest; }
  std::optional<double> attention(const State& state) const { return state.consumption.attention(); }

  std::uint32_t person(const State& state) const { return state.person; }
  std::span<const double> taste(const State& state) const { return state.taste; }
  /// The probability that something of the slate is chosen.
  double satisfaction(const State& state, std::span<const Position> slate) const;

  const RewardWeights& reward() const { return reward_; }
  const std::vector<Person>& people() const { return *people_; }
  /// The same people and settings with another reward; shares the people's memory.
  CatalogueEnvironment with_reward(const RewardWeights& reward) const;
  /// The same, but person i of a plan is people()[i], not a random one.
  CatalogueEnvironment in_turn() const;
  const CatalogueOptions& options() const { return options_; }
  /// The utility of an item, and of choosing nothing.
  double utility(const State& state, const Candidate& item) const;
  double utility_of_nothing(const State& state) const;

 private:
  const Person& of(const State& state) const { return (*people_)[state.person]; }
  std::span<const double> taste_of(const State& state) const;
  void move_taste(State& state, const Candidate& consumed) const;
  std::vector<double> utilities(const State& state, std::span<const Candidate> slate) const;

  const Catalogue& catalogue_;
  std::shared_ptr<const std::vector<Person>> people_;
  std::vector<double> favourites_;  ///< (people) largest share of the taste
  bool in_turn_ = false;
  RewardWeights reward_;
  CatalogueOptions options_;
  double usual_attention_;  ///< mean attention budget of a session
};

}  // namespace infodiet::rl
