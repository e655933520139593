#include "rl/agent/reward_forecast.hpp"

#include <algorithm>
#include <utility>

namespace infodiet::rl {

RewardForecast::RewardForecast(const AgentFeatures& features, const ForecastOptions& options,
                               const Forecast::Manner& manner, std::uint64_t seed)
    : features_(features),
      line_(features.term_size()),
      logarithms_(features.term_size()),
      network_(options, manner, 1, seed) {}

void RewardForecast::restore(State state) {
  network_.restore(std::move(state.network));
  line_.restore(std::move(state.products));
  logarithms_.restore(std::move(state.logarithms));
  shares_ = state.shares;
}

void RewardForecast::predict(const ForecastInputs<float>& rows) {
  const std::size_t count = rows.states.rows;
  terms_.resize({count, line_.terms()});
  for (std::size_t r = 0; r < count; ++r) {
    features_.of_terms({rows.states.row(r), features_.state_size()}, {rows.items.row(r), rows.items.cols},
                       {&terms_(r, 0), line_.terms()});
  }
  for (std::vector<double>* predicted : {&by_line_, &by_logarithms_, &by_network_}) predicted->resize(count);
  line_.expect(terms_, by_line_);
  logarithms_.expect(terms_, by_logarithms_);
  network_.expect(rows, by_network_);
}

std::span<const double> RewardForecast::by_terms() const {
  constexpr double half = 0.5;
  return shares_.logarithms.share(0) > half ? by_logarithms_ : by_line_;
}

void RewardForecast::learn(const ForecastInputs<float>& rows, std::span<const double> seen,
                           const Forecast::Lesson& lesson) {
  predict(rows);
  if (lesson.update > 0) {  // before, nothing was predicted
    shares_.logarithms.follow(by_line_, by_logarithms_, seen, lesson.update - 1);
    shares_.network.follow(by_terms(), by_network_, seen, lesson.update - 1);
  }
  line_.learn(terms_, seen);
  logarithms_.learn(terms_, seen, lesson.update);
  network_.follow({seen.data(), seen.size(), 1});
  network_.learn(rows, seen, lesson);
}

void RewardForecast::expect(const ForecastInputs<float>& rows, std::span<double> expected) {
  predict(rows);
  const double share = std::clamp(shares_.network.share(1), 0.0, 1.0);
  const std::span<const double> base = by_terms();
  for (std::size_t r = 0; r < expected.size(); ++r) expected[r] = base[r] + share * (by_network_[r] - base[r]);
}

}  // namespace infodiet::rl
