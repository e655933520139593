#include "rl/runs/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/errors.hpp"

namespace infodiet::rl {

namespace {

/// Sessions that run together: few enough for the cache. Does not affect results, since every session has its own
/// streams.
constexpr std::size_t block_size = 32;
/// Blocks whose sessions wait to be recorded.
constexpr std::size_t recorded_blocks = 16;

/// Buffers of one block.
struct Block {
  std::unique_ptr<SessionBatch> sessions;
  std::vector<Position> slates;   ///< (sessions, K)
  std::vector<Outcome> outcomes;  ///< (steps, sessions)

  engine::MatrixSpan<const Outcome> all_outcomes() const {
    return {outcomes.data(), sessions->shape().steps, sessions->size()};
  }
  void run(const Policy& policy, const SessionPlan& plan, std::span<double> returns) {
    const Shape& shape = sessions->shape();
    slates.resize(plan.count * shape.slate_size);
    outcomes.resize(plan.count * shape.steps);
    std::fill(returns.begin(), returns.end(), 0.0);
    sessions->reset(plan);
    for (std::size_t t = 0; t < shape.steps; ++t) {
      policy.choose(*sessions, {slates.data(), plan.count, shape.slate_size});
      const std::span<Outcome> now = std::span(outcomes).subspan(t * plan.count, plan.count);
      sessions->step({slates.data(), plan.count, shape.slate_size}, now);
      for (std::size_t i = 0; i < plan.count; ++i) returns[i] += now[i].expected_reward;
    }
  }
};

}  // namespace

void Recorder::digest(const SessionBatch&, engine::MatrixSpan<const Outcome>) {}
void Recorder::record(const SessionBatch&, engine::MatrixSpan<const Outcome>) {}

Estimate estimate(std::span<const double> values, std::size_t group) {
  if (values.empty() || group == 0 || values.size() % group != 0) {
    throw ShapeError(
        fmt::format("estimate: {} values in groups of {}: expected one full group or more", values.size(), group));
  }
  const std::size_t groups = values.size() / group;
  const double n = static_cast<double>(groups);
  std::vector<double> means(groups, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) means[i / group] += values[i] / static_cast<double>(group);
  const double mean = std::accumulate(means.begin(), means.end(), 0.0) / n;
  double squares = 0;
  for (const double value : means) squares += (value - mean) * (value - mean);
  return {mean, groups < 2 ? 0 : std::sqrt(squares / (n - 1) / n)};
}

Estimate estimate_difference(std::span<const double> a, std::span<const double> b, std::size_t group) {
  if (a.size() != b.size()) {
    throw ShapeError(
        fmt::format("estimate_difference: {} and {} values: pairs need sessions of equal plans", a.size(), b.size()));
  }
  std::vector<double> differences(a.begin(), a.end());
  for (std::size_t i = 0; i < b.size(); ++i) differences[i] -= b[i];
  return estimate(differences, group);
}

std::optional<Estimate> percent_of_optimum(const Estimate& value, const Optimum& optimum) {
  const std::optional<double> mean = percent_of_optimum(value.mean, optimum);
  if (!mean) return std::nullopt;
  return Estimate{*mean, 100 * value.standard_error / (optimum.value - optimum.random)};
}

std::vector<double> simulate(const Environment& environment, const Policy& policy, const SessionPlan& plan,
                             engine::ThreadPool& pool, Recorder* recorder) {
  std::vector<double> returns(plan.count);
  const std::size_t blocks = (plan.count + block_size - 1) / block_size;
  const std::size_t wave = recorder == nullptr ? blocks : recorded_blocks;
  std::vector<Block> rooms(recorder == nullptr ? pool.size() : std::min(wave, blocks));
  for (Block& room : rooms) room.sessions = environment.open_sessions();

  for (std::size_t begin = 0; begin < blocks; begin += wave) {
    const std::size_t running = std::min(wave, blocks - begin);
    pool.run(running, [&](std::size_t task, std::size_t worker) {
      const std::size_t first = (begin + task) * block_size;
      SessionPlan part = plan;
      part.first = plan.first + static_cast<std::uint32_t>(first);
      part.count = std::min(block_size, plan.count - first);
      Block& room = rooms[recorder == nullptr ? worker : task];
      room.run(policy, part, std::span(returns).subspan(first, part.count));
      if (recorder != nullptr) recorder->digest(*room.sessions, room.all_outcomes());
    });
    for (std::size_t task = 0; recorder != nullptr && task < running; ++task) {
      recorder->record(*rooms[task].sessions, rooms[task].all_outcomes());
    }
  }
  return returns;
}

}  // namespace infodiet::rl
