#include "rl/environments/choc_kale_optimum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "engine/errors.hpp"
#include "recsys/errors.hpp"
#include "rl/environments/quadrature.hpp"
#include "rl/session.hpp"

namespace infodiet::rl {

namespace {

/// |n| beyond this has probability below 1e-15: the fixed point of the dynamics plus 8 standard deviations of the
/// noise.
double exposure_bound(const ChocKale& environment) {
  const ChocKaleOptions& o = environment.options();
  const double reached = std::max(1 / (1 - o.memory), environment.first_exposure_bound());
  return reached + 8 * o.noise / std::sqrt(1 - o.memory * o.memory);
}

/// Turns the action values at one state, (actions), into the value of that state. May sort them in place.
using Choice = std::function<double(std::span<double> action_values)>;

class ChocKaleProgram {
 public:
  ChocKaleProgram(const ChocKale& environment, const ChocKaleResolution& resolution)
      : environment_(environment),
        noise_(gauss_hermite(resolution.nodes)),
        grid_(-exposure_bound(environment), exposure_bound(environment), resolution.points) {
    const ChocKaleOptions& o = environment.options();
    const std::size_t actions = o.resample ? resolution.cells : o.candidates;
    for (std::size_t j = 0; j < actions; ++j) {
      const auto index = static_cast<double>(j);
      const double count = static_cast<double>(actions);
      clickbait_.push_back(o.resample ? (index + 0.5) / count : index / (count - 1));
    }
    for (std::size_t i = 0; i < grid_.size(); ++i) {
      const double satisfaction = environment.satisfaction(grid_.point(i));
      for (const double c : clickbait_) {
        rewards_.push_back(environment.expected_engagement(satisfaction, c));
        next_.push_back(grid_.at(environment.next_exposure(grid_.point(i), c)));
      }
    }
  }

  const UniformGrid& grid() const { return grid_; }
  std::span<const double> clickbait() const { return clickbait_; }

  /// Expected return of a session. `continuations[t]`, if wanted, becomes E V_{t+1}(m + noise) at the grid's m.
  double evaluate(const Choice& choice, std::vector<std::vector<double>>* continuations = nullptr) const {
    const std::size_t steps = environment_.options().steps;
    if (continuations != nullptr) continuations->assign(steps, {});
    std::vector<double> values(grid_.size(), 0.0);
    std::vector<double> smoothed(grid_.size(), 0.0);
    std::vector<double> action_values(clickbait_.size());
    for (std::size_t t = steps; t-- > 0;) {
      for (std::size_t i = 0; i < grid_.size(); ++i) smoothed[i] = over_noise(values, grid_.point(i));
      for (std::size_t i = 0; i < grid_.size(); ++i) {
        const std::size_t row = i * clickbait_.size();
        for (std::size_t j = 0; j < clickbait_.size(); ++j) {
          action_values[j] = rewards_[row + j] + next_[row + j].apply(smoothed);
        }
        values[i] = choice(action_values);
      }
      if (continuations != nullptr) (*continuations)[t] = smoothed;
    }
    return over_first_exposure(values);
  }

 private:
  double over_noise(std::span<const double> values, double exposure) const {
    double mean = 0;
    for (std::size_t k = 0; k < noise_.nodes.size(); ++k) {
      const double x = exposure + environment_.options().noise * noise_.nodes[k];
      mean += noise_.weights[k] * grid_.at(x).apply(values);
    }
    return mean;
  }
  double over_first_exposure(std::span<const double> values) const {
    constexpr std::size_t cells = 4000;
    double sum = 0;
    for (std::size_t i = 0; i < cells; ++i) {
      const double u = (static_cast<double>(i) + 0.5) / cells;
      sum += grid_.at((2 * u - 1) * environment_.first_exposure_bound()).apply(values);
    }
    return sum / cells;
  }

  const ChocKale& environment_;
  NormalRule noise_;
  UniformGrid grid_;
  std::vector<double> clickbait_;           ///< (actions)
  std::vector<double> rewards_;             ///< (points, actions)
  std::vector<UniformGrid::Stencil> next_;  ///< (points, actions)
};

double maximum(std::span<double> values) {
  return *std::max_element(values.begin(), values.end());
}

Choice mixture_of(std::vector<double> weights) {
  return [weights = std::move(weights)](std::span<double> values) {
    return std::inner_product(values.begin(), values.end(), weights.begin(), 0.0);
  };
}

/// weights[j] = ((j + 1) / M)^K - (j / M)^K: the probability that the best of K draws is in the j-th lowest of M cells.
std::vector<double> best_of_draws(std::size_t cells, std::size_t draws) {
  std::vector<double> weights;
  const auto below = [&](std::size_t j) {
    return std::pow(static_cast<double>(j) / static_cast<double>(cells), static_cast<double>(draws));
  };
  for (std::size_t j = 0; j < cells; ++j) weights.push_back(below(j + 1) - below(j));
  return weights;
}

Choice best_choice(const ChocKale& environment, std::size_t actions) {
  if (!environment.options().resample) return maximum;
  return [weights = best_of_draws(actions, environment.options().candidates)](std::span<double> values) {
    std::sort(values.begin(), values.end());
    return std::inner_product(values.begin(), values.end(), weights.begin(), 0.0);
  };
}

/// The probability that each action has the highest score among the candidates; equal scores share it.
std::vector<double> greedy_mixture(const ChocKale& environment, std::span<const double> clickbait) {
  std::vector<double> scores;
  for (const double c : clickbait) scores.push_back(environment.expected_engagement(0.5, c));
  std::vector<double> mixture(scores.size(), 0.0);
  if (!environment.options().resample) {
    Position best = 0;
    highest(scores, {&best, 1});
    mixture[best] = 1;
    return mixture;
  }
  const std::vector<double> weights = best_of_draws(scores.size(), environment.options().candidates);
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    double share = 0;
    while (end < order.size() && scores[order[end]] == scores[order[begin]]) share += weights[end++];
    for (std::size_t k = begin; k < end; ++k) mixture[order[k]] = share / static_cast<double>(end - begin);
  }
  return mixture;
}

class ChocKaleOptimum final : public Policy {
 public:
  ChocKaleOptimum(UniformGrid grid, std::vector<std::vector<double>> continuations)
      : grid_(grid), continuations_(std::move(continuations)) {}

  std::string name() const override { return "optimum"; }

  void choose(const SessionBatch& batch, engine::MatrixSpan<Position> slates) const override {
    const auto& sessions = sessions_of<ChocKale>(batch, name());
    const ChocKale& environment = sessions.environment();
    const std::span<const double> after = continuations_.at(batch.steps_taken());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const ChocKale::State& state = sessions.state(i);
      const double satisfaction = environment.satisfaction(state.exposure);
      double best = 0;
      for (std::size_t p = 0; p < batch.shape().candidates; ++p) {
        const double c = environment.clickbait(state, static_cast<Position>(p));
        const double value = environment.expected_engagement(satisfaction, c) +
                             grid_.at(environment.next_exposure(state.exposure, c)).apply(after);
        if (p > 0 && value <= best) continue;
        best = value;
        slates.row(i)[0] = static_cast<Position>(p);
      }
    }
  }

 private:
  UniformGrid grid_;
  std::vector<std::vector<double>> continuations_;  ///< (steps, points)
};

}  // namespace

Optimum solve_choc_kale(const ChocKale& environment, const ChocKaleResolution& resolution) {
  const ChocKaleProgram program(environment, resolution);
  const std::size_t actions = program.clickbait().size();
  std::vector<std::vector<double>> continuations;
  Optimum optimum;
  optimum.value = program.evaluate(best_choice(environment, actions), &continuations);
  optimum.greedy = program.evaluate(mixture_of(greedy_mixture(environment, program.clickbait())));
  optimum.random = program.evaluate(mixture_of(std::vector<double>(actions, 1 / static_cast<double>(actions))));
  optimum.policy = std::make_shared<ChocKaleOptimum>(program.grid(), std::move(continuations));

  const ChocKaleProgram coarse(
      environment, {.points = resolution.points / 2 + 1, .cells = resolution.cells / 2, .nodes = resolution.nodes});
  optimum.error = std::abs(optimum.value - coarse.evaluate(best_choice(environment, coarse.clickbait().size())));
  return optimum;
}

double choc_kale_return(const ChocKale& environment, std::span<const double> mixture,
                        const ChocKaleResolution& resolution) {
  const ChocKaleOptions& o = environment.options();
  if (o.resample) throw recsys::SettingError("choc-kale: a mixture of fixed items needs resample=0");
  if (mixture.size() != o.candidates) {
    throw ShapeError(fmt::format("choc_kale_return: {} probabilities for {} candidates: give one for each",
                                 mixture.size(), o.candidates));
  }
  return ChocKaleProgram(environment, resolution).evaluate(mixture_of({mixture.begin(), mixture.end()}));
}

}  // namespace infodiet::rl
