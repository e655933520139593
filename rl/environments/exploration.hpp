// exploration: two kinds of people who look alike, and a safe item that suits both but reveals nothing. The smallest
// case in which exploration pays.
#pragma once

#include <span>

#include "recsys/settings.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// The settings; `settings()` has their meanings.
struct ExplorationOptions {
  double prior = 0.5;
  double match = 0.8;
  double mismatch = 0.2;
  double safe = 0.55;
  std::size_t steps = 20;
};

/// The environment; assumption_text states its rules.
class Exploration final : public Environment {
 public:
  static constexpr std::string_view id = "exploration";
  static constexpr std::string_view assumption_text =
      "A person is of kind A with probability prior, otherwise of kind B; the kind is hidden. Each step shows one of "
      "three items: A (clicked with probability match by kind A, mismatch by kind B), B (the reverse) or safe "
      "(clicked with probability safe by both). The reward is 1 per click.";

  enum Item : Position { a, b, safe };
  static constexpr std::size_t items = 3;

  /// The evidence about a person's kind: clicks on A minus clicks on B, and likewise for items shown without a click.
  struct Evidence {
    int clicks = 0;
    int passes = 0;
  };
  struct State {
    bool kind_a = false;  ///< hidden
    Evidence evidence{};
  };

  /// Throws SettingError for values out of range.
  explicit Exploration(const ExplorationOptions& options = {});

  static std::span<const recsys::Setting<ExplorationOptions>> settings();

  std::string name() const override { return std::string(id); }
  std::string_view assumptions() const override { return assumption_text; }
  Shape shape() const override { return {options_.steps, items, 1, items}; }
  std::unique_ptr<SessionBatch> open_sessions() const override;
  std::shared_ptr<const Optimum> solve() const override;

  State reset(engine::RandomStream& stream) const;
  Outcome step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const;
  /// The score is the probability of a click given the evidence. Each item is its own topic.
  Candidate candidate(const State& state, Position position) const;

  const ExplorationOptions& options() const { return options_; }
  /// P(kind A | evidence), by Bayes' rule.
  double belief(Evidence evidence) const;
  /// P(click | evidence).
  double click_probability(Evidence evidence, Position item) const;
  /// The evidence after showing an item.
  static Evidence after(Evidence evidence, Position item, bool click);

 private:
  double click_of(bool kind_a, Position item) const;

  ExplorationOptions options_;
};

}  // namespace infodiet::rl
