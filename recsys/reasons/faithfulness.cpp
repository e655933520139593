#include "recsys/reasons/faithfulness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/random.hpp"
#include "recsys/errors.hpp"
#include "recsys/ranking/top_k.hpp"
#include "recsys/reasons/explanation.hpp"

namespace infodiet::recsys {

namespace {

constexpr std::size_t order_count = removal_order_names.size();

std::vector<std::size_t> highest_first(const std::vector<double>& values) {
  std::vector<std::size_t> positions(values.size());
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  std::stable_sort(positions.begin(), positions.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  return positions;
}

// The score that is examined.
struct RemovalQuestion {
  const BlendedModel& model;
  const History& history;
  ItemIndex candidate;
};

std::vector<std::size_t> positions_in_order(RemovalOrder order, const RemovalQuestion& asked, std::size_t count,
                                            engine::ThreadPool& pool, engine::RandomStream stream) {
  const auto& [model, history, candidate] = asked;
  std::vector<std::size_t> positions(history.size());
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  switch (order) {
    case RemovalOrder::reasons: {
      positions.clear();
      for (const Reason& reason : reasons(model, pool, history, candidate, count)) positions.push_back(reason.position);
      return positions;
    }
    case RemovalOrder::score_drop: {
      const engine::Matrix<float> drops = score_drops(model, pool, history, positions, {&candidate, 1});
      return highest_first({drops.begin(), drops.end()});
    }
    case RemovalOrder::attention:
      return highest_first(model.attention_of_last(history));
    case RemovalOrder::random:
      engine::shuffle(std::span(positions), stream);
      return positions;
    case RemovalOrder::recent:
      break;
  }
  std::reverse(positions.begin(), positions.end());
  return positions;
}

// Draws people with enough history within the model's window and an item left to recommend.
std::vector<History> draw_people(const BlendedModel& model, std::span<const History> histories, std::size_t removed,
                                 const FaithfulnessOptions& options) {
  std::vector<History> people;
  std::vector<bool> seen(model.catalogue_size());
  for (const History& history : histories) {
    if (std::min(history.size(), model.attention().config().max_length) <= removed) continue;
    std::fill(seen.begin(), seen.end(), false);
    for (const ItemIndex item : left_out(options.repeats, history)) seen[item] = true;
    if (std::find(seen.begin(), seen.end(), false) != seen.end()) people.push_back(history);
  }
  engine::RandomStream stream(options.seed, engine::Purpose::shuffle, 0, 2);
  engine::shuffle(std::span(people), stream);
  people.resize(std::min(people.size(), options.people));
  return people;
}

// The loss of the score of somebody's first recommendation: (orders, counts) row-major.
std::vector<double> drops_of(const BlendedModel& model, engine::ThreadPool& pool, const History& whole,
                             std::span<const std::size_t> counts, Repeats repeats, const engine::RandomStream& stream) {
  const History history = whole.last(std::min(whole.size(), model.attention().config().max_length));
  std::vector<float> scores(model.catalogue_size());
  model.score({&history, 1}, {scores.data(), 1, scores.size()});
  const ItemIndex candidate = top_k(scores, left_out(repeats, whole), 1).front().item;

  std::vector<std::vector<std::size_t>> removed = {{}};
  for (std::size_t order = 0; order < order_count; ++order) {
    const std::vector<std::size_t> positions =
        positions_in_order(static_cast<RemovalOrder>(order), {model, history, candidate}, counts.back(), pool, stream);
    for (const std::size_t count : counts) {
      removed.emplace_back(positions.begin(), positions.begin() + static_cast<std::ptrdiff_t>(count));
    }
  }
  const engine::Matrix<float> left = scores_without(model, pool, history, removed, {&candidate, 1});
  std::vector<double> drops;
  for (std::size_t v = 1; v < removed.size(); ++v) {
    drops.push_back(static_cast<double>(left(0, 0)) - static_cast<double>(left(v, 0)));
  }
  return drops;
}

// Curves from the means of drops and of their squares.
std::vector<FaithfulnessCurve> curves_of(std::span<const double> means, std::span<const double> squares,
                                         std::size_t counts, std::size_t people) {
  std::vector<FaithfulnessCurve> curves;
  for (std::size_t order = 0; order < order_count; ++order) {
    FaithfulnessCurve curve{.order = static_cast<RemovalOrder>(order)};
    for (std::size_t v = order * counts; v < (order + 1) * counts; ++v) {
      const double variance = std::max(0.0, squares[v] - means[v] * means[v]);
      curve.drop.push_back(means[v]);
      curve.standard_error.push_back(std::sqrt(variance / static_cast<double>(people)));
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

}  // namespace

Faithfulness measure_faithfulness(const BlendedModel& model, engine::ThreadPool& pool,
                                  std::span<const History> histories, const FaithfulnessOptions& options) {
  const std::size_t read = model.attention().config().max_length;
  Faithfulness result{.removed = options.removed};
  std::erase_if(result.removed, [&](std::size_t count) { return count >= read; });
  if (result.removed.empty()) {
    throw DataError(
        fmt::format("the model reads at most the last {} interactions, so removing any leaves nothing: train one with "
                    "a larger max_length",
                    read));
  }
  const std::vector<History> people = draw_people(model, histories, result.removed.back(), options);
  if (people.empty()) {
    throw DataError(
        fmt::format("nobody has the {} interactions that measuring explanations needs, and an item left to "
                    "recommend",
                    result.removed.back() + 1));
  }
  result.people = people.size();
  std::vector<double> means(order_count * result.removed.size(), 0.0);
  std::vector<double> squares(means.size(), 0.0);
  for (std::size_t person = 0; person < people.size(); ++person) {
    const engine::RandomStream stream(options.seed, engine::Purpose::shuffle, static_cast<std::uint32_t>(person), 3);
    const std::vector<double> drops = drops_of(model, pool, people[person], result.removed, options.repeats, stream);
    for (std::size_t v = 0; v < drops.size(); ++v) {
      means[v] += drops[v] / static_cast<double>(people.size());
      squares[v] += drops[v] * drops[v] / static_cast<double>(people.size());
    }
  }
  result.curves = curves_of(means, squares, result.removed.size(), people.size());
  return result;
}

}  // namespace infodiet::recsys
