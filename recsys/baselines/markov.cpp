#include "recsys/baselines/markov.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/errors.hpp"
#include "engine/shape.hpp"
#include "recsys/baselines/popularity.hpp"

namespace infodiet::recsys {

namespace {

/// Calls body(item, successor) for every two neighbours in a history.
template <class Body>
void for_each_transition(const Dataset& data, Body&& body) {
  for (std::size_t user = 0; user < data.users(); ++user) {
    const std::span<const ItemIndex> items = data.history(user).items;
    for (std::size_t position = 1; position < items.size(); ++position) body(items[position - 1], items[position]);
  }
}

/// (V, V) transition counts, each row's columns ascending; departures (V) are the row sums.
SparseRows count_transitions(const Dataset& data, std::span<const std::uint32_t> departures) {
  std::vector<std::size_t> begins(departures.size() + 1, 0);
  for (std::size_t item = 0; item < departures.size(); ++item) begins[item + 1] = begins[item] + departures[item];
  std::vector<ItemIndex> successors(begins.back());
  std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
  for_each_transition(data, [&](ItemIndex item, ItemIndex successor) { successors[next[item]++] = successor; });

  SparseRows rows;
  rows.offsets.reserve(departures.size() + 1);
  for (std::size_t item = 0; item < departures.size(); ++item) {
    const std::span<ItemIndex> of_item = std::span(successors).subspan(begins[item], departures[item]);
    std::sort(of_item.begin(), of_item.end());
    for (std::size_t i = 0; i < of_item.size(); ++i) {
      if (i == 0 || of_item[i] != of_item[i - 1]) rows.entries.push_back({of_item[i], 0.0F});
      ++rows.entries.back().value;
    }
    rows.offsets.push_back(rows.entries.size());
  }
  return rows;
}

Markov::Counted count(const Dataset& training) {
  std::vector<std::uint32_t> departures(training.catalogue_size(), 0);
  for_each_transition(training, [&](ItemIndex item, ItemIndex) { ++departures[item]; });
  return {.shares = item_shares(training), .transitions = count_transitions(training, departures)};
}

}  // namespace

Markov::Markov(const Dataset& training, const MarkovOptions& options) : Markov(count(training), options) {}

Markov::Markov(Counted counted, const MarkovOptions& options)
    : Baseline(counted.shares.size()), smoothing_(options.smoothing), counted_(std::move(counted)) {
  if (!(smoothing_ > 0.0) || !std::isfinite(smoothing_)) {
    throw Error(fmt::format("markov: smoothing must be a positive number, not {}", smoothing_));
  }
  engine::require_size(counted_.transitions.offsets.size(), counted_.shares.size() + 1, "markov",
                       "the number of row offsets", "one row of transitions for each item");
}

void Markov::score_one(const History& history, std::span<float> scores) const {
  const std::vector<float>& shares = counted_.shares;
  if (history.size() == 0) {
    std::copy(shares.begin(), shares.end(), scores.begin());
    return;
  }
  const std::span<const SparseRows::Entry> row = counted_.transitions.row(history.items.back());
  double departures = 0;
  for (const SparseRows::Entry& entry : row) departures += static_cast<double>(entry.value);
  const double total = departures + smoothing_;
  const auto prior = static_cast<float>(smoothing_ / total);
  const auto observed = static_cast<float>(1.0 / total);
  std::transform(shares.begin(), shares.end(), scores.begin(), [&](float share) { return prior * share; });
  for (const auto& [successor, count] : row) scores[successor] += observed * count;
}

}  // namespace infodiet::recsys
