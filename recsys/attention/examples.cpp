#include "recsys/attention/examples.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <queue>

#include "engine/distributed/collectives.hpp"
#include "engine/random.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

// Shards are small enough to spread over threads and to stay in cache from forward to backward, large enough for
// efficient products.
constexpr std::size_t tokens_a_shard = 96;

float weight_of_low(LowRatings how) {
  switch (how) {
    case LowRatings::less:
      return 0.5F;
    case LowRatings::ignored:
      return 0.0F;
    case LowRatings::negatives:
      return -0.5F;
    case LowRatings::same:
      break;
  }
  return 1.0F;
}

}  // namespace

ShardPlan ShardPlan::of(const TrainingConfig& training) {
  if (training.loss != Loss::softmax) return {.a_round = 32};
  return {.a_round = 16, .tokens_a_round = 3072};
}

std::size_t ShardPlan::rounds(std::size_t tokens) const {
  return tokens_a_round == 0 ? 1 : std::max<std::size_t>(1, tokens / tokens_a_round);
}

void StepBatch::clear() {
  tokens.clear();
  times.clear();
  targets.clear();
  target_weights.clear();
  offsets.assign(1, 0);
  sequences.assign(1, 0);
}

void broadcast(engine::Communicator& processes, StepBatch& batch) {
  if (processes.is_alone()) return;
  constexpr auto kind = engine::Traffic::batches;
  std::array<std::uint64_t, 4> sizes{batch.tokens.size(), batch.target_weights.size(), batch.offsets.size(),
                                     batch.sequences.size()};
  engine::broadcast_value(processes, kind, sizes);
  batch.tokens.resize(sizes[0]);
  batch.times.resize(sizes[0]);
  batch.targets.resize(sizes[0]);
  batch.target_weights.resize(sizes[1]);
  batch.offsets.resize(sizes[2]);
  batch.sequences.resize(sizes[3]);
  engine::broadcast(processes, kind, std::span(batch.tokens));
  engine::broadcast(processes, kind, std::span(batch.times));
  engine::broadcast(processes, kind, std::span(batch.targets));
  engine::broadcast(processes, kind, std::span(batch.target_weights));
  engine::broadcast(processes, kind, std::span(batch.offsets));
  engine::broadcast(processes, kind, std::span(batch.sequences));
}

TrainingExamples::TrainingExamples(const Dataset& data, const AttentionConfig& config, const TrainingConfig& training)
    : data_(data), training_(training) {
  cut(config.max_length);
  if (examples_.empty()) {
    throw DataError(
        "nothing to train on: no user has two interactions left for training; import longer histories or "
        "train with --holdout none");
  }
  order_.resize(examples_.size());
}

void TrainingExamples::cut(std::size_t max_length) {
  for (std::size_t user = 0; user < data_.users(); ++user) {
    const std::size_t length = data_.history(user).size();
    if (length < 2) continue;
    std::size_t end = length - 1;
    const std::size_t first_example = examples_.size();
    do {
      const std::size_t count = std::min(end, max_length);
      examples_.push_back({.user = static_cast<std::uint32_t>(user),
                           .end = static_cast<std::uint32_t>(end),
                           .length = static_cast<std::uint32_t>(count)});
      positions_ += count;
      end -= count;
    } while (end > 0 && training_.windows == Windows::all);
    std::reverse(examples_.begin() + static_cast<std::ptrdiff_t>(first_example), examples_.end());
  }
}

std::size_t TrainingExamples::steps_per_epoch() const {
  return (examples_.size() + training_.batch - 1) / training_.batch;
}

void TrainingExamples::fill(std::uint32_t epoch, std::size_t step_of_epoch, StepBatch& batch) {
  if (ordered_epoch_ != epoch) {
    std::iota(order_.begin(), order_.end(), 0U);
    engine::RandomStream stream(training_.seed, engine::Purpose::shuffle, epoch);
    engine::shuffle(std::span(order_), stream);
    ordered_epoch_ = epoch;
  }
  const std::size_t first = step_of_epoch * training_.batch;
  const std::size_t last = std::min(order_.size(), first + training_.batch);
  std::size_t total = 0;
  for (std::size_t at = first; at < last; ++at) total += examples_[order_[at]].length;

  const ShardPlan plan = ShardPlan::of(training_);
  batch.clear();
  if (const std::size_t rounds = plan.rounds(total); rounds > 1) {
    return fill_evenly(std::span(order_).subspan(first, last - first), rounds, batch);
  }
  const std::size_t shards = std::clamp<std::size_t>(total / tokens_a_shard, 1, plan.a_round);
  std::size_t at = first;
  for (std::size_t s = 0; s < shards; ++s) {
    const std::size_t share = total * (s + 1) / shards;
    for (; at < last && batch.tokens.size() < share; ++at) add(examples_[order_[at]], batch);
    batch.sequences.push_back(batch.offsets.size() - 1);
  }
}

// The longest first, each to the shard with the fewest tokens so far, those of different rounds in turn: a shard's
// memory is that of its largest batch.
void TrainingExamples::fill_evenly(std::span<const std::uint32_t> chosen, std::size_t rounds, StepBatch& batch) const {
  std::vector<std::uint32_t> longest_first(chosen.begin(), chosen.end());
  std::stable_sort(longest_first.begin(), longest_first.end(), [&](std::uint32_t one, std::uint32_t other) {
    return examples_[one].length > examples_[other].length;
  });
  using Load = std::array<std::size_t, 3>;  // tokens, shard of the round, round
  const std::size_t a_round = ShardPlan::of(training_).a_round;
  std::priority_queue<Load, std::vector<Load>, std::greater<>> loads;
  for (std::size_t s = 0; s < rounds * a_round; ++s) loads.push({0, s % a_round, s / a_round});
  std::vector<std::vector<std::uint32_t>> members(rounds * a_round);
  for (const std::uint32_t example : longest_first) {
    const auto [tokens, shard, round] = loads.top();
    loads.pop();
    loads.push({tokens + examples_[example].length, shard, round});
    members[round * a_round + shard].push_back(example);
  }
  for (const std::vector<std::uint32_t>& shard : members) {
    for (const std::uint32_t example : shard) add(examples_[example], batch);
    batch.sequences.push_back(batch.offsets.size() - 1);
  }
}

void TrainingExamples::add(const Example& example, StepBatch& batch) const {
  const History history = data_.history(example.user);
  const History inputs = history.first(example.end).last(example.length);
  const std::span<const ItemIndex> targets = history.items.first(example.end + 1).last(example.length);
  batch.tokens.insert(batch.tokens.end(), inputs.items.begin(), inputs.items.end());
  batch.times.insert(batch.times.end(), inputs.times.begin(), inputs.times.end());
  batch.times.resize(batch.tokens.size(), 0);
  batch.targets.insert(batch.targets.end(), targets.begin(), targets.end());
  batch.offsets.push_back(batch.tokens.size());
  add_target_weights(example, batch);
}

void TrainingExamples::add_target_weights(const Example& example, StepBatch& batch) const {
  const bool low_matter = !data_.low.empty() && training_.low_ratings != LowRatings::same;
  if (data_.weights.empty() && !low_matter) return;
  const std::size_t end = data_.offsets[example.user] + example.end + 1;
  for (std::size_t i = end - example.length; i < end; ++i) {
    const float weight = data_.weights.empty() ? 1.0F : data_.weights[i];
    batch.target_weights.push_back(low_matter && data_.low[i] != 0 ? weight * weight_of_low(training_.low_ratings)
                                                                   : weight);
  }
}

}  // namespace infodiet::recsys
