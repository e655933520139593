// exploration: two kinds of people who look alike, and a safe item that is good enough for both and tells nothing.
// The smallest case in which finding out pays.
#pragma once

#include <span>

#include "recsys/settings.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

struct ExplorationOptions {
  double prior = 0.5;
  double match = 0.8;
  double mismatch = 0.2;
  double safe = 0.55;
  std::size_t steps = 20;
};

class Exploration final : public Environment {
 public:
  static constexpr std::string_view id = "exploration";
  static constexpr std::string_view assumption_text =
      "A person is of kind A with probability prior, else of kind B, and that is hidden. Each step shows one of three "
      "items: A (clicked with probability match by kind A and mismatch by kind B), B (the reverse) or safe (clicked "
      "with "
      "probability safe by both). The reward is 1 a click.";

  enum Item : Position { a, b, safe };
  static constexpr std::size_t items = 3;

  /// What has been seen of a person that tells the kinds apart: clicks on A less clicks on B, and the same of showings
  /// without a click.
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
  /// The score is the probability of a click given all that has been seen. Each item is a topic of its own.
  Candidate candidate(const State& state, Position position) const;

  const ExplorationOptions& options() const { return options_; }
  /// P(kind A | evidence), by Bayes' rule.
  double belief(Evidence evidence) const;
  /// P(click | evidence).
  double click_probability(Evidence evidence, Position item) const;
  static Evidence after(Evidence evidence, Position item, bool click);

 private:
  double click_of(bool kind_a, Position item) const;

  ExplorationOptions options_;
};

}  // namespace infodiet::rl
