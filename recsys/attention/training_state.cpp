#include "recsys/attention/training_state.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "engine/errors.hpp"

namespace infodiet::recsys {

namespace {

using engine::Traffic;
using Moments = engine::AdamW<float>::State;

std::span<float> flat(engine::Matrix<float>& matrix) {
  return {matrix.data(), matrix.size()};
}

std::span<const float> flat(const engine::Matrix<float>& matrix) {
  return {matrix.data(), matrix.size()};
}

}  // namespace

TrainingState::TrainingState(engine::ThreadPool& pool, engine::Communicator& processes, const AttentionConfig& config,
                             const TrainingConfig& training, std::size_t catalogue)
    : pool_(pool),
      processes_(processes),
      share_(processes.share()),
      training_(training),
      catalogue_(catalogue),
      width_(config.width),
      weights_(initial_weights(config, own(), training.seed)),
      network_optimiser_(size_of(share_.of_size(weights_.network.flat().size())),
                         {.weight_decay = training.weight_decay}),
      item_optimiser_(weights_.items.size(), {.weight_decay = training.weight_decay}),
      attribute_optimiser_(0, {.weight_decay = training.weight_decay}) {}

void TrainingState::learn_attributes(SparseRows attributes, engine::Matrix<float> imported) {
  engine::broadcast_all(processes_, Traffic::models, attributes.offsets);
  engine::broadcast_all(processes_, Traffic::models, attributes.entries);
  std::array<std::uint64_t, 2> shape{imported.shape(0), imported.shape(1)};
  engine::broadcast_value(processes_, Traffic::models, shape);
  imported.resize({shape[0], shape[1]});
  engine::broadcast(processes_, Traffic::models, flat(imported));
  attributes_.emplace(attributes, width_,
                      AttributeVectors::Options{.dropout = training_.attribute_dropout, .seed = training_.seed},
                      std::move(imported));
  attribute_optimiser_ = engine::AdamW<float>(attributes_->vectors().size(), {.weight_decay = training_.weight_decay});
}

std::span<float> TrainingState::own_network(std::span<float> all) const {
  const engine::Range own = share_.of_size(all.size());
  return all.subspan(own.begin, size_of(own));
}

void TrainingState::update(std::span<const float> network_gradient, std::span<const float> item_gradient,
                           double learning_rate, double gradient_scale) {
  const std::span<float> network = weights_.network.flat();
  const engine::Range own = share_.of_size(network.size());
  network_optimiser_.update(pool_, own_network(network), network_gradient.subspan(own.begin, size_of(own)),
                            learning_rate, gradient_scale);
  item_optimiser_.update(pool_, flat(weights_.items), item_gradient, learning_rate, gradient_scale);
  if (attributes_) {
    attribute_optimiser_.update(pool_, flat(attributes_->vectors()), flat(attributes_->gradient()), learning_rate,
                                gradient_scale);
  }
  if (!processes_.is_alone()) {
    engine::gather_everywhere(processes_, Traffic::weights, network, engine::bounds_of(processes_, network.size()));
  }
  if (training_.ema > 0) update_average();
}

void TrainingState::update_average() {
  if (!average_) {
    average_.emplace(Average{.weights = weights_});
    if (attributes_) average_->attributes = attributes_->vectors();
    return;
  }
  // At first less, so that it does not remember how training began.
  const auto updates = static_cast<double>(steps());
  const auto kept = static_cast<float>(std::min(training_.ema, (1 + updates) / (10 + updates)));
  const auto move = [&](std::span<float> average, std::span<const float> now) {
    constexpr std::size_t parts = 16;
    pool_.run(parts, [&](std::size_t part, std::size_t) {
      const engine::Range range = engine::part_of(average.size(), parts, part);
      for (std::size_t i = range.begin; i < range.end; ++i) average[i] = kept * average[i] + (1 - kept) * now[i];
    });
  };
  move(average_->weights.network.flat(), weights_.network.flat());
  move(flat(average_->weights.items), flat(weights_.items));
  if (attributes_) move(flat(average_->attributes), flat(attributes_->vectors()));
}

const engine::Parameters<float>& TrainingState::network_of(ItemNumbers which) const {
  if (which == ItemNumbers::best) return best_->network;
  return average_ ? average_->weights.network : weights_.network;
}

engine::MatrixSpan<const float> TrainingState::rows_of(ItemNumbers which, engine::Matrix<float>& scratch) const {
  if (which == ItemNumbers::best) return best_->items;
  const engine::Matrix<float>& now = average_ ? average_->weights.items : weights_.items;
  if (!attributes_) return now;
  attributes_->apply(pool_, now, average_ ? average_->attributes : attributes_->vectors(), scratch, own().begin);
  return scratch;
}

void TrainingState::keep_best() {
  if (!best_) best_.emplace();
  best_->network = network_of(ItemNumbers::model);
  const engine::MatrixSpan<const float> rows = rows_of(ItemNumbers::model, best_->items);
  if (attributes_) return;  // which has written them there
  best_->items.resize({rows.rows, rows.cols});
  std::copy_n(rows.data, rows.rows * rows.cols, best_->items.data());
}

void TrainingState::start_average(Small& small) {
  if (!average_) average_.emplace(Average{.weights = weights_});
  const auto take = [&](std::span<float> all, std::span<const float> of_first) {
    if (processes_.is_first()) std::copy(of_first.begin(), of_first.end(), all.begin());
    engine::broadcast(processes_, Traffic::models, all);
  };
  take(average_->weights.network.flat(), small.average ? small.average->flat() : std::span<float>());
  if (!attributes_) return;
  average_->attributes.resize(attributes_->vectors().shape());
  take(flat(average_->attributes), flat(small.average_attributes));
}

void TrainingState::start_moments(Small& small) {
  Moments network = small.moments.value_or(Moments());
  engine::broadcast_value(processes_, Traffic::models, network.steps);
  const engine::Bounds bounds = engine::bounds_of(processes_, weights_.network.flat().size());
  Moments own{.first = {}, .second = {}, .steps = network.steps};
  for (const auto& [all, part] : {std::pair(&network.first, &own.first), std::pair(&network.second, &own.second)}) {
    all->resize(bounds.back());
    engine::scatter(processes_, Traffic::models, 0, std::span<float>(*all), bounds);
    const std::span<float> mine = own_network(*all);
    part->assign(mine.begin(), mine.end());
  }
  item_optimiser_.set_steps(network.steps);
  network_optimiser_.restore(std::move(own));
  if (!attributes_) return;
  engine::broadcast_value(processes_, Traffic::models, small.attribute_moments.steps);
  engine::broadcast_all(processes_, Traffic::models, small.attribute_moments.first);
  engine::broadcast_all(processes_, Traffic::models, small.attribute_moments.second);
  attribute_optimiser_.restore(std::move(small.attribute_moments));
}

void TrainingState::start_from(Small small) {
  std::array<std::uint8_t, 3> has{small.moments.has_value(), small.average.has_value(), small.best.has_value()};
  engine::broadcast_value(processes_, Traffic::models, has);
  if (processes_.is_first()) weights_.network = std::move(small.network);
  engine::broadcast(processes_, Traffic::models, weights_.network.flat());
  if (attributes_) {
    engine::Matrix<float>& all = attributes_->vectors();
    if (small.attributes.size() > 0) {
      all = std::move(small.attributes);
    } else {
      std::fill(all.begin(), all.end(), 0.0F);
    }
    engine::broadcast(processes_, Traffic::models, flat(all));
  }
  if (has[1] != 0) {
    start_average(small);
  } else {
    average_.reset();
  }
  if (has[2] != 0) {
    if (!best_) best_.emplace(weights_);
    if (processes_.is_first()) best_->network = std::move(*small.best);
    engine::broadcast(processes_, Traffic::models, best_->network.flat());
  } else {
    best_.reset();
  }
  if (has[0] != 0) start_moments(small);
}

Moments TrainingState::gather_network_moments() const {
  const Moments& own = network_optimiser_.state();
  const engine::Bounds bounds = engine::bounds_of(processes_, weights_.network.flat().size());
  Moments all{.first = {}, .second = {}, .steps = own.steps};
  for (const auto& [part, to] : {std::pair(&own.first, &all.first), std::pair(&own.second, &all.second)}) {
    to->resize(bounds.back());
    std::copy(part->begin(), part->end(), to->begin() + static_cast<std::ptrdiff_t>(bounds[share_.index]));
    engine::gather(processes_, Traffic::models, std::span<float>(*to), bounds);
  }
  return all;
}

std::span<float> TrainingState::numbers(ItemNumbers which) {
  switch (which) {
    case ItemNumbers::vectors:
      return flat(weights_.items);
    case ItemNumbers::first_moments:
      return item_optimiser_.first();
    case ItemNumbers::second_moments:
      return item_optimiser_.second();
    case ItemNumbers::average:
      if (average_) return flat(average_->weights.items);
      break;
    case ItemNumbers::best:
      if (best_) return flat(best_->items);
      break;
    case ItemNumbers::model:
      break;
  }
  throw Error("training state: there are no such numbers to change");
}

std::span<const float> TrainingState::numbers(ItemNumbers which) const {
  if (which == ItemNumbers::first_moments) return item_optimiser_.state().first;
  if (which == ItemNumbers::second_moments) return item_optimiser_.state().second;
  if (which == ItemNumbers::best && best_) return flat(best_->items);
  const bool averaged = which == ItemNumbers::average || which == ItemNumbers::model;
  return averaged && average_ ? flat(average_->weights.items) : flat(weights_.items);
}

void TrainingState::gather_rows(ItemNumbers which, std::span<const std::uint32_t> rows, std::span<float> values) const {
  engine::Bounds bounds;
  for (const std::size_t row : engine::bounds_of(processes_, catalogue_)) {
    bounds.push_back(static_cast<std::size_t>(std::lower_bound(rows.begin(), rows.end(), row) - rows.begin()) * width_);
  }
  const std::span<const float> own_numbers = numbers(which);
  const bool adds_attributes = which == ItemNumbers::model && attributes_;
  for (std::size_t at = bounds[share_.index]; at < bounds[share_.index + 1]; at += width_) {
    const std::size_t item = rows[at / width_];
    const std::span<float> row = values.subspan(at, width_);
    std::copy_n(own_numbers.data() + (item - own().begin) * width_, width_, row.data());
    if (adds_attributes) {
      attributes_->add_shared(average_ ? average_->attributes : attributes_->vectors(), item, row.data());
    }
  }
  engine::gather(processes_, Traffic::models, values, bounds);
}

void TrainingState::put_numbers(ItemNumbers which, std::size_t first, std::span<float> values) {
  engine::Bounds bounds;
  for (const std::size_t row : engine::bounds_of(processes_, catalogue_)) {
    bounds.push_back(std::clamp(row * width_, first, first + values.size()) - first);
  }
  engine::scatter(processes_, Traffic::models, 0, values, bounds);
  const std::size_t begin = bounds[share_.index];
  const std::size_t end = bounds[share_.index + 1];
  if (begin == end) return;
  std::copy_n(values.data() + begin, end - begin, numbers(which).data() + first + begin - own().begin * width_);
}

}  // namespace infodiet::recsys
