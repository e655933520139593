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

constexpr std::size_t orders = removal_order_names.size();

std::vector<std::size_t> highest_first(const std::vector<double>& values) {
  std::vector<std::size_t> places(values.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  return places;
}

std::vector<std::size_t> places_in_order(RemovalOrder order, const BlendedModel& model, engine::ThreadPool& pool,
                                         const History& history, ItemIndex candidate, std::size_t count,
                                         engine::RandomStream stream) {
  std::vector<std::size_t> places(history.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  switch (order) {
    case RemovalOrder::reasons: {
      places.clear();
      for (const Reason& reason : reasons(model, pool, history, candidate, count)) places.push_back(reason.place);
      return places;
    }
    case RemovalOrder::score_drop: {
      const engine::Matrix<float> drops = score_drops(model, pool, history, places, {&candidate, 1});
      return highest_first({drops.begin(), drops.end()});
    }
    case RemovalOrder::attention:
      return highest_first(model.attention().attention_of_last(history));
    case RemovalOrder::random:
      engine::shuffle(std::span(places), stream);
      return places;
    case RemovalOrder::recent:
      break;
  }
  std::reverse(places.begin(), places.end());
  return places;
}

std::vector<History> draw_people(std::span<const History> histories, std::size_t length,
                                 const FaithfulnessOptions& options) {
  std::vector<History> people;
  for (const History& history : histories) {
    if (history.size() >= length) people.push_back(history);
  }
  engine::RandomStream stream(options.seed, engine::Purpose::shuffle, 0, 2);
  engine::shuffle(std::span(people), stream);
  people.resize(std::min(people.size(), options.people));
  return people;
}

}  // namespace

Faithfulness measure_faithfulness(const BlendedModel& model, engine::ThreadPool& pool,
                                  std::span<const History> histories, const FaithfulnessOptions& options) {
  const std::size_t counts = options.removed.size();
  const std::vector<History> people = draw_people(histories, options.removed.back() + 1, options);
  if (people.empty()) {
    throw DataError(
        fmt::format("nobody has the {} interactions that measuring explanations needs", options.removed.back() + 1));
  }
  std::vector<double> sum(orders * counts, 0.0);
  std::vector<double> squares(orders * counts, 0.0);
  std::vector<float> scores(model.catalogue_size());
  for (std::size_t person = 0; person < people.size(); ++person) {
    const std::size_t attended = std::min(people[person].size(), model.attention().config().max_length);
    const History history = people[person].last(attended);
    model.score({&history, 1}, {scores.data(), 1, scores.size()});
    const ItemIndex candidate = top_k(scores, people[person].items, 1).front().item;

    std::vector<std::vector<std::size_t>> removed = {{}};
    for (std::size_t order = 0; order < orders; ++order) {
      const engine::RandomStream stream(options.seed, engine::Purpose::shuffle, static_cast<std::uint32_t>(person), 3);
      const std::vector<std::size_t> places = places_in_order(static_cast<RemovalOrder>(order), model, pool, history,
                                                              candidate, options.removed.back(), stream);
      for (const std::size_t count : options.removed) {
        removed.emplace_back(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count));
      }
    }
    const engine::Matrix<float> left = scores_without(model, pool, history, removed, {&candidate, 1});
    for (std::size_t v = 0; v < sum.size(); ++v) {
      const double drop = static_cast<double>(left(0, 0)) - static_cast<double>(left(v + 1, 0));
      sum[v] += drop;
      squares[v] += drop * drop;
    }
  }
  Faithfulness result{.people = people.size(), .curves = {}};
  const auto n = static_cast<double>(people.size());
  for (std::size_t order = 0; order < orders; ++order) {
    FaithfulnessCurve curve{.order = static_cast<RemovalOrder>(order), .drop = {}, .standard_error = {}};
    for (std::size_t v = order * counts; v < (order + 1) * counts; ++v) {
      const double mean = sum[v] / n;
      curve.drop.push_back(mean);
      curve.standard_error.push_back(std::sqrt(std::max(0.0, squares[v] / n - mean * mean) / n));
    }
    result.curves.push_back(std::move(curve));
  }
  return result;
}

}  // namespace infodiet::recsys
