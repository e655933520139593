#include "tools/gallery/parts/training.hpp"

#include <algorithm>
#include <deque>
#include <numeric>
#include <string_view>
#include <vector>

#include "engine/kernels/kernels.hpp"
#include "engine/optim/adamw.hpp"
#include "engine/optim/gradient_norm.hpp"
#include "engine/optim/schedule.hpp"

namespace infodiet::gallery {

namespace {

// A fixed number, so that sums do not depend on the number of threads.
constexpr std::size_t shards = 4;
constexpr std::size_t batch = 64;  // examples a step
constexpr std::size_t test_examples = 1000;

/// Sets the weights that make scores so that all scores are the same. In layers that project queries and keys together
/// with others, they come first, as the layers' headers say.
void forget_scores(const engine::ParameterLayout& layout, engine::Parameters<float>& parameters) {
  struct Columns {
    std::string_view name_ends;
    std::size_t parts;   // of equal width, into which the columns are divided
    std::size_t scores;  // how many of them, from the first, make scores
    float flat = 0;      // their value at which every score is the same
  };
  constexpr Columns scoring[] = {
      {".qkv.weight", 3, 2},       {".qkv.bias", 3, 2},         {".cross.query.weight", 1, 1},
      {".cross.query.bias", 1, 1}, {".key_value.weight", 2, 1}, {".key_value.bias", 2, 1},
      {".relative.weight", 1, 1},  {"pooling.query", 1, 1},     {".span", 1, 1, 1}};
  for (const engine::ParameterInfo& entry : layout.entries()) {
    for (const Columns& columns : scoring) {
      if (!std::string_view(entry.name).ends_with(columns.name_ends)) continue;
      const auto matrix = parameters.matrix(entry.handle);
      for (std::size_t r = 0; r < matrix.rows; ++r) {
        std::fill_n(matrix.row(r), matrix.cols / columns.parts * columns.scores, columns.flat);
      }
    }
  }
}

/// Layers start with small weights, which suit widths of hundreds. With a few dozen, training starts much faster from
/// the larger ones of Glorot & Bengio (2010).
engine::Parameters<float> starting_weights(const engine::ParameterLayout& layout, std::uint64_t seed) {
  engine::Parameters<float> parameters = engine::initialise<float>(layout, seed);
  for (const engine::ParameterInfo& entry : layout.entries()) {
    if (!entry.name.ends_with(".weight") || entry.initialiser.deviation == 0) continue;
    const double deviation = engine::Initialiser::glorot(entry.handle.rows, entry.handle.cols).deviation;
    const auto scale = static_cast<float>(deviation / entry.initialiser.deviation);
    const std::span<float> values(parameters.data(entry.handle), entry.handle.rows * entry.handle.cols);
    for (float& value : values) value *= scale;
  }
  return parameters;
}

std::deque<Tape> tapes_of(const Task& task) {
  std::deque<Tape> tapes;
  for (std::size_t s = 0; s < shards; ++s) tapes.emplace_back(task.layout());
  return tapes;
}

}  // namespace

engine::RandomStream examples_of(std::uint64_t seed, std::uint32_t step, std::size_t shard) {
  return engine::RandomStream(seed, engine::Purpose::examples, step, static_cast<std::uint32_t>(shard));
}

engine::Parameters<float> train(const Task& task, Attending attending, std::uint64_t seed, engine::ThreadPool& pool) {
  const engine::ParameterLayout& layout = task.layout();
  const TaskOptions& options = task.options();
  engine::Parameters<float> parameters = starting_weights(layout, seed);
  std::deque<Tape> tapes = tapes_of(task);
  engine::AdamW<float> optimiser(layout.size(), {});
  const engine::Schedule schedule{.peak = options.learning_rate,
                                  .warmup = options.steps / 10,
                                  .lr_schedule = engine::LrSchedule::cosine,
                                  .total = options.steps};
  for (std::uint32_t step = 1; step <= options.steps; ++step) {
    if (attending == Attending::uniform) forget_scores(layout, parameters);
    pool.run(shards, [&](std::size_t s, std::size_t) {
      engine::RandomStream draws = examples_of(seed, step, s);
      tapes[s].begin(parameters);
      tapes[s].gradients().clear();
      task.learn(tapes[s], draws, batch / shards);
      tapes[s].backward();
    });
    engine::Parameters<float>& sum = tapes[0].gradients();
    for (std::size_t s = 1; s < shards; ++s) {
      engine::kernels::best<float>().add(sum.flat().data(), tapes[s].gradients().flat().data(), layout.size());
    }
    // The mean over shards of their means.
    const double mean = 1.0 / static_cast<double>(shards);
    const std::span<const float> gradient = sum.flat();
    const double clip = engine::clip_scale(mean * mean * engine::sum_of_squares(pool, gradient), 1);
    optimiser.update(pool, parameters.flat(), gradient, schedule.learning_rate(step), mean * clip);
  }
  if (attending == Attending::uniform) forget_scores(layout, parameters);
  return parameters;
}

double accuracy(const Task& task, const engine::Parameters<float>& parameters, std::uint64_t seed,
                engine::ThreadPool& pool) {
  std::deque<Tape> tapes = tapes_of(task);
  std::vector<double> scores(shards);
  pool.run(shards, [&](std::size_t s, std::size_t) {
    engine::RandomStream draws = examples_of(seed, test_step, s);
    tapes[s].begin(parameters);
    scores[s] = task.score(tapes[s], draws, test_examples / shards);
  });
  return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(test_examples);
}

}  // namespace infodiet::gallery
