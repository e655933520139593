// drift: tastes move towards what is consumed, and people weary of a narrow taste. A feed that shows what is liked best
// now narrows tastes until people turn away: the smallest world in which a feed shapes the people it serves.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "recsys/settings.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// The settings; `settings()` has their meanings.
struct DriftOptions {
  double taste = 4;
  double lure = 1.5;
  double rest = 2;
  double weariness = 8;
  double breadth = 0;
  std::size_t topics = 4;
  std::size_t units = 8;
  std::size_t slate = 2;
  std::size_t steps = 40;
};

/// The environment; assumption_text states its rules.
class Drift final : public Environment {
 public:
  static constexpr std::string_view id = "drift";
  static constexpr std::string_view assumption_text =
      "A person's taste is a number of units distributed over the topics, initially evenly; there is one item for "
      "each topic. The utility of an item is taste times its topic's share of the units, + lure for topic 1; that of "
      "choosing nothing is rest + weariness times the narrowness of the taste (the sum of squared shares, rescaled to "
      "0 for an even taste and 1 for a single topic). One item of the slate, or nothing, is chosen by multinomial "
      "logit. A click moves one unit to its topic, from the other topic with the fewest units of those that have any "
      "(the last of several). The reward is 1 per click, + breadth times (variety of the taste - 1) / (topics - 1) "
      "after every step.";

  static constexpr std::size_t most_topics = 5;
  static constexpr std::size_t most_units = 20;

  struct State {
    std::array<std::uint8_t, most_topics> units{};  ///< of each topic; none beyond the last
    // clang-tidy 14 reads <=> as a comparison with 0. NOLINTNEXTLINE(modernize-use-nullptr)
    friend auto operator<=>(const State&, const State&) = default;
  };

  /// Throws SettingError for values out of range and a slate larger than the topics.
  explicit Drift(const DriftOptions& options = {});

  static std::span<const recsys::Setting<DriftOptions>> settings();

  std::string name() const override { return std::string(id); }
  std::string_view assumptions() const override { return assumption_text; }
  Shape shape() const override { return {options_.steps, options_.topics, options_.slate, options_.topics}; }
  std::unique_ptr<SessionBatch> open_sessions() const override;
  std::shared_ptr<const Optimum> solve() const override;

  /// (topics) shares of a taste.
  std::vector<double> taste(const State& state) const {
    std::vector<double> shares(options_.topics);
    for (std::size_t topic = 0; topic < options_.topics; ++topic) shares[topic] = share(state, topic);
    return shares;
  }

  /// Everybody starts in the same state; draws nothing.
  State reset(engine::RandomStream& stream) const;
  Outcome step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const;
  /// The score is the item's utility, with which a slate's click probability grows.
  Candidate candidate(const State& state, Position position) const;
  /// The probability that something of the slate is clicked.
  double satisfaction(const State& state, std::span<const Position> slate) const;

  const DriftOptions& options() const { return options_; }
  /// The even taste that everybody starts with.
  State start() const;
  /// Utility of a topic's item, and of choosing nothing.
  double worth(const State& state, std::size_t topic) const;
  double worth_of_nothing(const State& state) const;
  /// exp of the entropy of the shares.
  double effective_topics(const State& state) const;
  /// The reward of a step that leads to `state`, besides its click.
  double breadth_reward(const State& state) const;
  /// The taste after a click on a topic's item.
  State after_click(State state, std::size_t topic) const;

 private:
  double share(const State& state, std::size_t topic) const {
    return static_cast<double>(state.units[topic]) / static_cast<double>(options_.units);
  }

  DriftOptions options_;
};

}  // namespace infodiet::rl
