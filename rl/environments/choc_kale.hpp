// choc-kale: content that pleases now but lowers satisfaction, against content that does the opposite. The formulas are
// RecSim's; no code is copied.
#pragma once

#include <span>
#include <vector>

#include "recsys/settings.hpp"
#include "rl/environment.hpp"

namespace infodiet::rl {

/// The settings; `settings()` has their meanings.
struct ChocKaleOptions {
  double sensitivity = 0.1;
  double memory = 0.7;
  double noise = 0.05;
  double choc_mean = 5;
  double kale_mean = 4;
  double choc_sd = 1;
  double kale_sd = 1;
  std::size_t candidates = 11;
  bool resample = false;
  bool log_normal = true;
  std::size_t steps = 60;
};

/// The environment; assumption_text states its rules.
class ChocKale final : public Environment {
 public:
  static constexpr std::string_view id = "choc-kale";
  static constexpr std::string_view assumption_text =
      "The long-term-satisfaction user of RecSim (Ie et al. 2019), following its code. An item is described only by "
      "its clickbait c in [0, 1]. A person has a hidden net exposure n, initially uniform in (-.5, .5) / (1 - "
      "memory), and satisfaction sigmoid(sensitivity n). The one item shown is always consumed; its engagement e has "
      "log e ~ Normal(satisfaction (choc_mean c + kale_mean (1 - c)), choc_sd c + kale_sd (1 - c)); with "
      "log_normal=0, e itself has this distribution. Then n becomes memory n - 2 (c - .5) + Normal(0, noise). The "
      "reward is e; policies see e clipped to [0, 100]. Items are evenly spaced from c = 0 to 1, or redrawn at each "
      "step with resample=1. With RecSim's sensitivity of .01 there is no dilemma: always c = 1 is optimal.";

  /// The hidden state: net exposure, and the items on offer if they are resampled.
  struct State {
    double exposure = 0;
    std::vector<double> drawn;
  };

  /// Throws SettingError for values out of range.
  explicit ChocKale(const ChocKaleOptions& options = {});

  static std::span<const recsys::Setting<ChocKaleOptions>> settings();

  std::string name() const override { return std::string(id); }
  std::string_view assumptions() const override { return assumption_text; }
  Shape shape() const override { return {options_.steps, options_.candidates, 1, 0}; }
  std::unique_ptr<SessionBatch> open_sessions() const override;
  std::shared_ptr<const Optimum> solve() const override;

  State reset(engine::RandomStream& stream) const;
  Outcome step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const;
  /// The score is the expected engagement of a person at rest (n = 0), which reveals nothing latent.
  Candidate candidate(const State& state, Position position) const;

  const ChocKaleOptions& options() const { return options_; }
  double clickbait(const State& state, Position position) const {
    return options_.resample ? state.drawn[position] : fixed_[position];
  }
  /// sigmoid(sensitivity n).
  double satisfaction(double exposure) const;
  /// The same for any slate.
  double satisfaction(const State& state, std::span<const Position>) const { return satisfaction(state.exposure); }
  /// E[e | n, c] = exp(mean + sd^2 / 2), or the mean if engagement is normal.
  double expected_engagement(double satisfaction, double clickbait) const;
  /// n after an item, before noise.
  double next_exposure(double exposure, double clickbait) const {
    return options_.memory * exposure - 2 * (clickbait - 0.5);
  }
  /// Largest |n| of a first step.
  double first_exposure_bound() const { return 0.5 / (1 - options_.memory); }

 private:
  struct Response {
    double mean;
    double sd;
  };
  Response response(double satisfaction, double clickbait) const;
  void draw_candidates(State& state, engine::RandomStream& stream) const;

  ChocKaleOptions options_;
  std::vector<double> fixed_;   ///< (candidates) clickbait of the evenly spaced items
  std::vector<double> scores_;  ///< (candidates) and their scores
};

}  // namespace infodiet::rl
