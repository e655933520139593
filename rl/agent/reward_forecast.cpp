#include "rl/agent/reward_forecast.hpp"

#include <algorithm>
#include <utility>

#include "rl/agent/running_mean.hpp"

namespace infodiet::rl {

namespace {

/// Share of the means over lessons that stays at each.
constexpr double gain_kept = 0.98;

}  // namespace

RewardForecast::RewardForecast(const AgentFeatures& features, const ForecastOptions& options,
                               const Forecast::Manner& manner, std::uint64_t seed)
    : features_(features), linear_(features.term_size()), network_(options, manner, 1, seed) {}

void RewardForecast::restore(State state) {
  network_.restore(std::move(state.network));
  linear_.restore(std::move(state.products));
  gain_ = state.gain;
}

void RewardForecast::predict(const ForecastInputs<float>& rows) {
  const std::size_t count = rows.states.rows;
  terms_.resize({count, linear_.terms()});
  for (std::size_t r = 0; r < count; ++r) {
    features_.of_terms({rows.states.row(r), features_.state_size()}, {rows.items.row(r), rows.items.cols},
                       {&terms_(r, 0), linear_.terms()});
  }
  by_line_.resize(count);
  by_network_.resize(count);
  linear_.expect(terms_, by_line_);
  network_.expect(rows, by_network_);
}

void RewardForecast::follow_gain(std::span<const double> seen, std::uint32_t lesson) {
  Gain now;
  for (std::size_t r = 0; r < seen.size(); ++r) {
    const double more = by_network_[r] - by_line_[r];
    now.product += more * (seen[r] - by_line_[r]) / static_cast<double>(seen.size());
    now.square += more * more / static_cast<double>(seen.size());
  }
  if (lesson == 0) return;  // nothing was predicted yet
  const double kept = kept_of(gain_kept, lesson - 1);
  gain_.product += (1 - kept) * (now.product - gain_.product);
  gain_.square += (1 - kept) * (now.square - gain_.square);
}

void RewardForecast::learn(const ForecastInputs<float>& rows, std::span<const double> seen,
                           const Forecast::Lesson& lesson) {
  predict(rows);
  follow_gain(seen, lesson.update);
  linear_.learn(terms_, seen);
  network_.follow({seen.data(), seen.size(), 1});
  network_.learn(rows, seen, lesson);
}

void RewardForecast::expect(const ForecastInputs<float>& rows, std::span<double> expected) {
  predict(rows);
  const double share = gain_.square > 0 ? std::clamp(gain_.product / gain_.square, 0.0, 1.0) : 1;
  for (std::size_t r = 0; r < expected.size(); ++r) {
    expected[r] = by_line_[r] + share * (by_network_[r] - by_line_[r]);
  }
}

}  // namespace infodiet::rl
