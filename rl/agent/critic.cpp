#include "rl/agent/critic.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/optim/gradient_norm.hpp"

namespace infodiet::rl {

namespace {

/// Share of mean and size that an update keeps.
constexpr double kept = 0.8;

}  // namespace

Critic::Critic(const AgentNetworkOptions& options, std::size_t steps, std::uint64_t seed)
    : network_(options),
      parameters_(engine::initialise<float>(network_.layout(), seed)),
      optimiser_(network_.layout().size(), {}),
      scale_{.means = std::vector<double>(steps, 0.0)} {}

void Critic::restore(State state) {
  optimiser_.restore(std::move(state.moments));
  parameters_ = std::move(state.parameters);
  scale_ = std::move(state.scale);
}

Decisions Critic::decisions(const Batch& batch) const {
  const std::size_t steps = scale_.means.size();
  return {.sessions = batch.offers.shape(0) / steps,
          .first_step = 0,
          .steps = steps,
          .candidates = 1,
          .memory_steps = steps};
}

void Critic::score(engine::MatrixSpan<const float> events, engine::MatrixSpan<const float> candidates, Batch& batch,
                   engine::Workspace<float>& workspace) const {
  const std::size_t n = candidates.rows / events.rows;
  batch.offers.resize({events.rows, candidates.cols});
  for (std::size_t d = 0; d < events.rows; ++d) {
    float* mean = &batch.offers(d, 0);
    std::fill_n(mean, candidates.cols, 0.0F);
    for (std::size_t i = 0; i < n; ++i) {
      const float* candidate = candidates.row(d * n + i);
      for (std::size_t f = 0; f < candidates.cols; ++f) mean[f] += candidate[f] / static_cast<float>(n);
    }
  }
  network_.remember(parameters_, events, batch.event_cache, batch.memory);
  network_.score({parameters_, workspace}, {decisions(batch), batch.memory, batch.offers}, batch.score_cache,
                 batch.scores);
}

void Critic::follow(engine::MatrixSpan<const double> to_go) {
  const double keep = scale_.size > 0 ? kept : 0;
  const double n = static_cast<double>(to_go.rows);
  double squares = 0;
  for (std::size_t t = 0; t < to_go.cols; ++t) {
    double mean = 0;
    for (std::size_t m = 0; m < to_go.rows; ++m) mean += to_go.row(m)[t] / n;
    for (std::size_t m = 0; m < to_go.rows; ++m) squares += (to_go.row(m)[t] - mean) * (to_go.row(m)[t] - mean);
    scale_.means[t] = keep * scale_.means[t] + (1 - keep) * mean;
  }
  scale_.size = keep * scale_.size + (1 - keep) * std::sqrt(squares / n / static_cast<double>(to_go.cols));
}

double Critic::value(const Batch& batch, std::size_t d) const {
  return scale_.means[d % scale_.means.size()] + scale_.size * static_cast<double>(batch.scores(d, 0));
}

void Critic::differentiate(engine::MatrixSpan<const float> events, std::span<const double> values, std::size_t all,
                           Batch& batch, engine::Workspace<float>& workspace) const {
  batch.dscores.resize(batch.scores.shape());
  std::fill(batch.dscores.begin(), batch.dscores.end(), 0.0F);
  // Nothing to learn where all sessions are worth the same.
  for (std::size_t d = 0; scale_.size > 0 && d < values.size(); ++d) {
    const double aim = (values[d] - scale_.means[d % scale_.means.size()]) / scale_.size;
    batch.dscores(d, 0) =
        static_cast<float>((static_cast<double>(batch.scores(d, 0)) - aim) / static_cast<double>(all));
  }
  if (batch.gradients.flat().empty()) batch.gradients = engine::Parameters<float>(network_.layout());
  batch.gradients.clear();
  batch.dmemory.resize(batch.memory.shape());
  std::fill(batch.dmemory.begin(), batch.dmemory.end(), 0.0F);
  const engine::Run<float> run{.parameters = parameters_, .workspace = workspace, .gradients = &batch.gradients};
  network_.score_backward(run, {decisions(batch), batch.memory, batch.offers}, batch.score_cache, batch.dscores,
                          batch.dmemory);
  network_.remember_backward(run, events, batch.event_cache, batch.dmemory);
}

void Critic::update(engine::ThreadPool& pool, std::span<const float> gradient, double rate) {
  optimiser_.update(pool, parameters_.flat(), gradient, rate,
                    engine::clip_scale(engine::sum_of_squares(pool, gradient), 1));
}

}  // namespace infodiet::rl
