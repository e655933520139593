#include "rl/agent/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/optim/gradient_norm.hpp"
#include "engine/shape.hpp"
#include "rl/agent/replay.hpp"
#include "rl/agent/running_mean.hpp"

namespace infodiet::rl {

namespace {

/// Rows per optimiser step.
constexpr std::size_t rows_of_round = 512;

}  // namespace

Forecast::Forecast(const ForecastOptions& options, const Manner& manner, std::size_t steps, std::uint64_t seed)
    : manner_(manner),
      network_(options),
      parameters_(engine::initialise<float>(network_.layout(), seed)),
      averaged_(parameters_),
      gradients_(network_.layout()),
      optimiser_(network_.layout().size(), {.beta2 = manner.beta2}),
      scale_{.means = std::vector<double>(steps, 0.0)} {}

void Forecast::restore(State state) {
  for (const engine::Parameters<float>* weights : {&state.parameters, &state.averaged}) {
    engine::require_size(weights->flat().size(), network_.layout().size(), "forecast", "the number of weights",
                         "are they of another network?");
  }
  optimiser_.restore(std::move(state.moments));
  parameters_ = std::move(state.parameters);
  averaged_ = std::move(state.averaged);
  scale_ = std::move(state.scale);
  past_ = std::move(state.past);
}

void Forecast::follow(engine::MatrixSpan<const double> seen) {
  const double keep = scale_.size > 0 ? kept_of(manner_.scale_kept, optimiser_.state().steps / manner_.rounds) : 0;
  const double n = static_cast<double>(seen.rows);
  double squares = 0;
  for (std::size_t t = 0; t < seen.cols; ++t) {
    double mean = 0;
    for (std::size_t m = 0; m < seen.rows; ++m) mean += seen.row(m)[t] / n;
    for (std::size_t m = 0; m < seen.rows; ++m) squares += (seen.row(m)[t] - mean) * (seen.row(m)[t] - mean);
    scale_.means[t] = keep * scale_.means[t] + (1 - keep) * mean;
  }
  scale_.size = keep * scale_.size + (1 - keep) * std::sqrt(squares / n / static_cast<double>(seen.cols));
}

void Forecast::expect(const ForecastInputs<float>& rows, std::span<double> expected) {
  network_.score({manner_.average > 0 ? averaged_ : parameters_, workspace_}, rows, cache_, scores_);
  for (std::size_t r = 0; r < expected.size(); ++r) {
    expected[r] = scale_.means[r % scale_.means.size()] + scale_.size * static_cast<double>(scores_(r, 0));
  }
}

void Forecast::remember(const ForecastInputs<float>& rows, std::span<const double> seen, std::uint32_t lesson) {
  const std::size_t place = lesson % manner_.remembered * seen.size();
  put_rows(rows.states, place, past_.states);
  put_rows(rows.items, place, past_.items);
  past_.seen.resize(std::max(past_.seen.size(), place + seen.size()));
  std::transform(seen.begin(), seen.end(), past_.seen.data() + place,
                 [](double value) { return static_cast<float>(value); });
}

void Forecast::draw(engine::RandomStream stream, std::size_t count) {
  states_.resize({count, network_.options().state_features});
  items_.resize({count, network_.options().item_features});
  aims_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t r = stream.below(past_.seen.size());
    take_rows(past_.states, r, engine::MatrixSpan<float>(states_).rows_from(i, 1));
    take_rows(past_.items, r, engine::MatrixSpan<float>(items_).rows_from(i, 1));
    const double mean = scale_.means[r % scale_.means.size()];
    aims_[i] = static_cast<float>((static_cast<double>(past_.seen[r]) - mean) / scale_.size);
  }
}

void Forecast::learn(const ForecastInputs<float>& rows, std::span<const double> seen, const Lesson& lesson) {
  remember(rows, seen, lesson.update);
  if (scale_.size <= 0) return;
  const std::size_t count = std::min(rows_of_round, past_.seen.size());
  for (std::size_t round = 0; round < manner_.rounds; ++round) {
    draw({lesson.seed, engine::Purpose::shuffle, lesson.update, static_cast<std::uint32_t>(round)}, count);
    const engine::Run<float> run{.parameters = parameters_, .workspace = workspace_, .gradients = &gradients_};
    network_.score(run, {states_, items_}, cache_, scores_);
    for (std::size_t i = 0; i < count; ++i) scores_(i, 0) = (scores_(i, 0) - aims_[i]) / static_cast<float>(count);
    gradients_.clear();
    network_.score_backward(run, {states_, items_}, cache_, scores_);
    const std::span<const float> gradient = gradients_.flat();
    optimiser_.update(alone_, parameters_.flat(), gradient, lesson.rate,
                      engine::clip_scale(engine::sum_of_squares(alone_, gradient), manner_.clip_norm));
    if (manner_.average > 0) average();
  }
}

void Forecast::average() {
  const auto added = static_cast<float>(1 - kept_of(manner_.average, optimiser_.state().steps - 1));
  const std::span<float> means = averaged_.flat();
  const std::span<const float> now = parameters_.flat();
  for (std::size_t i = 0; i < means.size(); ++i) means[i] += added * (now[i] - means[i]);
}

}  // namespace infodiet::rl
