#include "recsys/reasons/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/errors.hpp"

namespace infodiet::recsys {

namespace {

// Histories scored at a time by one worker.
constexpr std::size_t block_histories = 8;
// Limits the work of choosing reasons one by one.
constexpr std::size_t chosen_one_by_one = 10;
constexpr std::size_t strongest_tried = 24;
constexpr std::size_t latest_tried = 8;

struct Remainder {
  std::vector<ItemIndex> items;
  std::vector<std::int64_t> times;

  Remainder(const History& history, std::span<const std::size_t> removed) {
    std::vector<bool> gone(history.size(), false);
    for (const std::size_t position : removed) {
      if (position >= history.size()) {
        throw ShapeError(fmt::format("explanation: position {} of a history of {}", position, history.size()));
      }
      gone[position] = true;
    }
    for (std::size_t i = 0; i < history.size(); ++i) {
      if (gone[i]) continue;
      items.push_back(history.items[i]);
      if (!history.times.empty()) times.push_back(history.times[i]);
    }
  }
  History history() const { return {items, times}; }
};

std::vector<std::size_t> all_positions(const History& history) {
  std::vector<std::size_t> positions(history.size());
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  return positions;
}

}  // namespace

engine::Matrix<float> scores_without(const Recommender& model, engine::ThreadPool& pool, const History& history,
                                     std::span<const std::vector<std::size_t>> removed,
                                     std::span<const ItemIndex> candidates) {
  const std::size_t catalogue = model.catalogue_size();
  for (const ItemIndex candidate : candidates) {
    if (candidate >= catalogue) {
      throw ShapeError(fmt::format("explanation: candidate {} is not in a catalogue of {}", candidate, catalogue));
    }
  }
  std::vector<Remainder> remainders;
  for (const std::vector<std::size_t>& set : removed) remainders.emplace_back(history, set);
  engine::Matrix<float> result;
  result.resize({removed.size(), candidates.size()});
  pool.run((removed.size() + block_histories - 1) / block_histories, [&](std::size_t part, std::size_t) {
    const std::size_t first = part * block_histories;
    const std::size_t last = std::min(removed.size(), first + block_histories);
    std::vector<History> histories;
    for (std::size_t r = first; r < last; ++r) histories.push_back(remainders[r].history());
    std::vector<float> scores(histories.size() * catalogue);
    model.score(histories, {scores.data(), histories.size(), catalogue});
    for (std::size_t r = first; r < last; ++r) {
      for (std::size_t c = 0; c < candidates.size(); ++c) {
        result(r, c) = scores[(r - first) * catalogue + candidates[c]];
      }
    }
  });
  return result;
}

engine::Matrix<float> score_drops(const Recommender& model, engine::ThreadPool& pool, const History& history,
                                  std::span<const std::size_t> positions, std::span<const ItemIndex> candidates) {
  std::vector<std::vector<std::size_t>> removed = {{}};
  for (const std::size_t position : positions) removed.push_back({position});
  const engine::Matrix<float> scores = scores_without(model, pool, history, removed, candidates);
  engine::Matrix<float> drops;
  drops.resize({positions.size(), candidates.size()});
  for (std::size_t p = 0; p < positions.size(); ++p) {
    for (std::size_t c = 0; c < candidates.size(); ++c) drops(p, c) = scores(0, c) - scores(p + 1, c);
  }
  return drops;
}

double share_of(double drop, std::span<const double> all_drops) {
  double total = 0;
  for (const double one : all_drops) total += std::max(0.0, one);
  return total > 0 ? drop / total : 0;
}

std::vector<Reason> reasons(const Recommender& model, engine::ThreadPool& pool, const History& history,
                            ItemIndex candidate, std::size_t count) {
  if (history.size() == 0) return {};
  const std::vector<std::size_t> positions = all_positions(history);
  const engine::Matrix<float> alone = score_drops(model, pool, history, positions, {&candidate, 1});
  std::vector<std::size_t> left = positions;  // highest score_drop first
  std::stable_sort(left.begin(), left.end(), [&](std::size_t a, std::size_t b) { return alone(a, 0) > alone(b, 0); });
  count = std::min(count, left.size());
  const std::size_t first_latest = positions.size() - std::min(positions.size(), latest_tried);

  std::vector<std::size_t> chosen;
  while (chosen.size() < std::min(count, chosen_one_by_one)) {
    std::vector<std::size_t> tried;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (i < strongest_tried || left[i] >= first_latest) tried.push_back(left[i]);
    }
    std::vector<std::vector<std::size_t>> removed;
    for (const std::size_t position : tried) {
      removed.push_back(chosen);
      removed.back().push_back(position);
    }
    const engine::Matrix<float> scores = scores_without(model, pool, history, removed, {&candidate, 1});
    const auto best = static_cast<std::size_t>(std::min_element(scores.begin(), scores.end()) - scores.begin());
    chosen.push_back(tried[best]);
    left.erase(std::find(left.begin(), left.end(), tried[best]));
  }
  chosen.insert(chosen.end(), left.begin(), left.begin() + static_cast<std::ptrdiff_t>(count - chosen.size()));

  std::vector<std::vector<std::size_t>> removed = {{}};
  for (std::size_t i = 1; i <= chosen.size(); ++i) {
    removed.emplace_back(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(i));
  }
  const engine::Matrix<float> scores = scores_without(model, pool, history, removed, {&candidate, 1});
  const std::vector<double> drops(alone.begin(), alone.end());
  std::vector<Reason> found;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    found.push_back({.position = chosen[i],
                     .contribution = static_cast<double>(scores(i, 0)) - static_cast<double>(scores(i + 1, 0)),
                     .score_drop = drops[chosen[i]],
                     .share = share_of(drops[chosen[i]], drops)});
  }
  return found;
}

}  // namespace infodiet::recsys
