#include "recsys/baselines/markov.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/errors.hpp"
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

}  // namespace

Markov::Markov(const Dataset& training, const MarkovOptions& options)
    : Baseline(training.catalogue_size()),
      smoothing_(options.smoothing),
      shares_(item_shares(training)),
      departures_(training.catalogue_size(), 0) {
  if (!(smoothing_ > 0.0) || !std::isfinite(smoothing_)) {
    throw Error(fmt::format("markov: smoothing must be a positive number, not {}", smoothing_));
  }
  for_each_transition(training, [&](ItemIndex item, ItemIndex) { ++departures_[item]; });
  transitions_ = count_transitions(training, departures_);
}

void Markov::score_one(const History& history, std::span<float> scores) const {
  if (history.size() == 0) {
    std::copy(shares_.begin(), shares_.end(), scores.begin());
    return;
  }
  const ItemIndex last = history.items.back();
  const double total = departures_[last] + smoothing_;
  const auto prior = static_cast<float>(smoothing_ / total);
  const auto observed = static_cast<float>(1.0 / total);
  std::transform(shares_.begin(), shares_.end(), scores.begin(), [&](float share) { return prior * share; });
  for (const auto& [successor, count] : transitions_.row(last)) scores[successor] += observed * count;
}

}  // namespace infodiet::recsys
