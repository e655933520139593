#include "recsys/evaluation/cold_start.hpp"

#include "engine/errors.hpp"
#include "engine/random.hpp"

namespace infodiet::recsys {

namespace {

// Of the streams of examples, of which NoisyCases has the one before.
constexpr std::uint32_t stream_of_items = 1;

Dataset without(const Dataset& data, const std::vector<bool>& cold) {
  Dataset kept;
  kept.user_ids = data.user_ids;
  kept.item_ids = data.item_ids;
  kept.forgets = data.forgets;
  for (std::size_t user = 0; user < data.users(); ++user) {
    for (std::size_t i = data.offsets[user]; i < data.offsets[user + 1]; ++i) {
      if (cold[data.items[i]]) continue;
      kept.items.push_back(data.items[i]);
      if (!data.times.empty()) kept.times.push_back(data.times[i]);
      if (!data.weights.empty()) kept.weights.push_back(data.weights[i]);
      if (!data.low.empty()) kept.low.push_back(data.low[i]);
    }
    kept.offsets.push_back(kept.items.size());
  }
  return kept;
}

}  // namespace

ColdStart::ColdStart(const Dataset& data, const Holdout& holdout, double share, std::uint64_t seed)
    : cold_(data.catalogue_size(), false) {
  if (!(share > 0 && share < 1)) throw Error("cold start: the share of items must lie between 0 and 1");
  for (std::size_t item = 0; item < cold_.size(); ++item) {
    engine::RandomStream stream(seed, engine::Purpose::examples, stream_of_items, static_cast<std::uint32_t>(item));
    cold_[item] = stream.uniform() < share;
  }
  warm_ = without(training_part(data, holdout), cold_);
  const std::vector<EvaluationCase> all = test_cases(data, holdout);
  std::size_t total = 0;
  for (const EvaluationCase& one : all) total += one.history.size() + one.targets.size();
  items_.reserve(total);  // spans refer to both
  times_.reserve(total);
  for (const EvaluationCase& one : all) add_case(one);
}

void ColdStart::add_case(const EvaluationCase& one) {
  const std::size_t begin = items_.size();
  const std::size_t first_time = times_.size();
  for (std::size_t i = 0; i < one.history.size(); ++i) {
    if (cold_[one.history.items[i]]) continue;
    items_.push_back(one.history.items[i]);
    if (!one.history.times.empty()) times_.push_back(one.history.times[i]);
  }
  const std::size_t middle = items_.size();
  for (const ItemIndex target : one.targets) {
    if (cold_[target]) items_.push_back(target);
  }
  const std::span<const ItemIndex> items(items_);
  if (middle == begin || middle == items.size()) return;
  cases_.push_back({.user = one.user,
                    .history = {items.subspan(begin, middle - begin), std::span(times_).subspan(first_time)},
                    .targets = items.subspan(middle)});
}

}  // namespace infodiet::recsys
