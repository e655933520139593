#include "rl/environments/choc_kale.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "rl/environments/choc_kale_optimum.hpp"
#include "rl/session.hpp"

namespace infodiet::rl {

std::span<const recsys::Setting<ChocKaleOptions>> ChocKale::settings() {
  using O = ChocKaleOptions;
  static constexpr std::array table{
      recsys::setting<&O::sensitivity>("sensitivity", 0, 10, "how strongly net exposure moves satisfaction"),
      recsys::setting<&O::memory>("memory", 0, 0.99, "share of net exposure kept from step to step"),
      recsys::setting<&O::noise>("noise", 0, 1, "standard deviation of the noise of net exposure"),
      recsys::setting<&O::choc_mean>("choc_mean", -10, 10,
                                     "mean log engagement of pure clickbait at full satisfaction"),
      recsys::setting<&O::kale_mean>("kale_mean", -10, 10, "mean log engagement of its opposite at full satisfaction"),
      recsys::setting<&O::choc_sd>("choc_sd", 0, 3, "standard deviation of log engagement of pure clickbait"),
      recsys::setting<&O::kale_sd>("kale_sd", 0, 3, "standard deviation of log engagement of its opposite"),
      recsys::setting<&O::candidates>("candidates", 2, 1000, "candidates at each step"),
      recsys::setting<&O::resample>("resample", 0, 1, "1: redraw the items at each step"),
      recsys::setting<&O::log_normal>("log_normal", 0, 1, "1: engagement is log-normal, 0: normal"),
      recsys::setting<&O::steps>("steps", 1, 10000, "steps of a session"),
  };
  return table;
}

ChocKale::ChocKale(const ChocKaleOptions& options) : options_(recsys::checked(id, settings(), options)) {
  for (std::size_t i = 0; i < options.candidates; ++i) {
    fixed_.push_back(static_cast<double>(i) / static_cast<double>(options.candidates - 1));
    scores_.push_back(expected_engagement(0.5, fixed_.back()));
  }
}

std::unique_ptr<SessionBatch> ChocKale::open_sessions() const {
  return std::make_unique<Sessions<ChocKale>>(*this);
}

std::shared_ptr<const Optimum> ChocKale::solve() const {
  return std::make_shared<const Optimum>(solve_choc_kale(*this));
}

void ChocKale::draw_candidates(State& state, engine::RandomStream& stream) const {
  if (!options_.resample) return;
  state.drawn.resize(options_.candidates);
  for (double& clickbait : state.drawn) clickbait = stream.uniform();
}

ChocKale::State ChocKale::reset(engine::RandomStream& stream) const {
  State state;
  state.exposure = (2 * stream.uniform() - 1) * first_exposure_bound();
  draw_candidates(state, stream);
  return state;
}

double ChocKale::satisfaction(double exposure) const {
  return 1 / (1 + std::exp(-options_.sensitivity * exposure));
}

ChocKale::Response ChocKale::response(double satisfaction, double clickbait) const {
  return {satisfaction * (options_.choc_mean * clickbait + options_.kale_mean * (1 - clickbait)),
          options_.choc_sd * clickbait + options_.kale_sd * (1 - clickbait)};
}

double ChocKale::expected_engagement(double satisfaction, double clickbait) const {
  const auto [mean, sd] = response(satisfaction, clickbait);
  return options_.log_normal ? std::exp(mean + sd * sd / 2) : mean;
}

Outcome ChocKale::step(State& state, std::span<const Position> slate, engine::RandomStream& stream) const {
  const double c = clickbait(state, slate[0]);
  const auto [mean, sd] = response(satisfaction(state.exposure), c);
  const auto [luck, drift] = stream.normal_pair();
  const double drawn = mean + sd * luck;
  const double engagement = options_.log_normal ? std::exp(drawn) : drawn;
  state.exposure = next_exposure(state.exposure, c) + options_.noise * drift;
  draw_candidates(state, stream);
  return {.reward = engagement,
          .expected_reward = options_.log_normal ? std::exp(mean + sd * sd / 2) : mean,
          .event = {.chosen = 0, .engagement = std::clamp(engagement, 0.0, 100.0)}};
}

Candidate ChocKale::candidate(const State& state, Position position) const {
  const double c = clickbait(state, position);
  return {.item = options_.resample ? Candidate::drawn_afresh : position,
          .score = options_.resample ? expected_engagement(0.5, c) : scores_[position],
          .clickbait = c};
}

}  // namespace infodiet::rl
