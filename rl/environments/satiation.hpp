// satiation: people tire of what they have just consumed, and leave after poor quality. Fully observed, so only
// planning matters.
#pragma once

#include <array>
#include <span>

#include "recsys/settings.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// The settings; `settings()` has their meanings.
struct SatiationOptions {
  double taste_1 = 1;
  double taste_2 = 0.7;
  double taste_3 = 0.4;
  double taste_4 = 0.1;
  double lure = 1;
  double boredom = 0.5;
  double regret = 0.6;
  std::size_t slate = 3;
  std::size_t window = 5;
  std::size_t steps = 20;
};

/// The environment; assumption_text states its rules.
class Satiation final : public Environment {
 public:
  static constexpr std::string_view id = "satiation";
  static constexpr std::string_view assumption_text =
      "There are eight items: topics 1 to 4, each in high and in low quality. A person remembers the outcomes (the "
      "item clicked, or none) of the last window steps. The utility of an item is the taste for its topic + lure if "
      "its quality is low - boredom times the number of items of its topic in memory; that of clicking nothing is "
      "regret times the number of low-quality items in memory. One item of the slate, or nothing, is clicked by "
      "multinomial logit. The reward is 1 per click.";

  static constexpr std::size_t topic_count = 4;
  static constexpr std::size_t items = 2 * topic_count;  ///< item 2 k is topic k in high quality, 2 k + 1 in low
  static constexpr std::size_t outcomes = items + 1;     ///< outcome 0 is no click, outcome i + 1 item i
  static constexpr std::size_t longest_window = 5;

  /// The last `window` outcomes as digits in base `outcomes`, the latest in the lowest digit.
  struct State {
    std::uint32_t memory = 0;
  };

  /// Utility of each item, and of clicking nothing.
  struct Utilities {
    std::array<double, items> item;
    double nothing;
  };

  /// Throws SettingError for values out of range.
  explicit Satiation(const SatiationOptions& options = {});

  static std::span<const recsys::Setting<SatiationOptions>> settings();

  std::string name() const override { return std::string(id); }
  std::string_view assumptions() const override { return assumption_text; }
  Shape shape() const override { return {options_.steps, items, options_.slate, topic_count}; }
  std::unique_ptr<SessionBatch> open_sessions() const override;
  std::shared_ptr<const Optimum> solve() const override;

  State reset(engine::RandomStream& stream) const;
  Outcome step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const;
  /// The score is the item's utility, with which a slate's click probability grows. Quality is 1 or -1.
  Candidate candidate(const State& state, Position position) const;

  const SatiationOptions& options() const { return options_; }
  /// The utilities in a state, and the state after an outcome.
  Utilities utilities(State state) const;
  State after(State state, std::uint32_t outcome) const { return {(state.memory * base + outcome) % states_}; }
  /// Number of different states.
  std::uint32_t states() const { return states_; }

 private:
  static constexpr std::uint32_t base = outcomes;

  SatiationOptions options_;
  std::array<double, topic_count> tastes_;
  std::uint32_t states_ = 1;
};

}  // namespace infodiet::rl
