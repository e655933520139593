#include "recsys/attention/training_loss.hpp"

#include <algorithm>
#include <cmath>

#include "engine/losses/token_weights.hpp"
#include "engine/random.hpp"
#include "recsys/errors.hpp"

namespace infodiet::recsys {

namespace {

engine::BinaryCrossEntropy<float> binary_loss(std::size_t catalogue, const TrainingConfig& training) {
  if (training.loss != Loss::gbce) return {};
  const std::size_t others = std::max<std::size_t>(2, catalogue) - 1;
  const double rate = std::min(1.0, static_cast<double>(training.negatives) / static_cast<double>(others));
  return engine::BinaryCrossEntropy<float>({.target_weight = engine::gbce_weight(rate, training.calibration)});
}

}  // namespace

TrainingLoss::TrainingLoss(engine::Communicator& processes, std::size_t catalogue, const Dataset* data,
                           const TrainingConfig& training)
    : processes_(processes), catalogue_size_(catalogue), data_(data), training_(training) {
  if (training.loss != Loss::softmax && training.negatives == 0) {
    throw DataError("binary cross-entropy needs negatives: give their number for each position, as in negatives=1");
  }
  if (training.loss != Loss::softmax) {
    binary_ = binary_loss(catalogue, training);
  } else if (training.negatives > 0 && data != nullptr) {
    item_shares_.assign(catalogue, 0.0);
    for (const ItemIndex item : data->items) item_shares_[item] += 1 / static_cast<double>(data->items.size());
  }
  catalogue_.share_among(processes, catalogue);
  sampled_.share_among(processes);
}

void TrainingLoss::draw_shared(std::uint32_t step) {
  // Half of the draws are uniform, so that every item occurs as a negative; half follow popularity, so that popular
  // items occur often.
  engine::RandomStream stream(training_.seed, engine::Purpose::negatives, step);
  negatives_.resize(training_.negatives);
  log_q_.resize(training_.negatives);
  for (std::size_t n = 0; data_ != nullptr && n < negatives_.size(); ++n) {
    negatives_[n] = stream.below(2) == 0 ? static_cast<std::uint32_t>(stream.below(catalogue_size_))
                                         : data_->items[stream.below(data_->items.size())];
    log_q_[n] = std::log(0.5 / static_cast<double>(catalogue_size_) + 0.5 * item_shares_[negatives_[n]]);
  }
  engine::broadcast(processes_, engine::Traffic::batches, std::span(negatives_));
  engine::broadcast(processes_, engine::Traffic::batches, std::span(log_q_));
}

void TrainingLoss::draw_own(engine::ThreadPool& pool, std::uint32_t step, std::size_t tokens) {
  constexpr std::size_t parts = 16;
  negatives_.resize(tokens * training_.negatives);
  engine::run_share(pool, processes_.share(), parts, [&](std::size_t part, std::size_t) {
    engine::RandomStream stream(training_.seed, engine::Purpose::negatives, step, static_cast<std::uint32_t>(part));
    const engine::Range range = engine::part_of(negatives_.size(), parts, part);
    for (std::size_t n = range.begin; n < range.end; ++n) {
      negatives_[n] = static_cast<std::uint32_t>(stream.below(catalogue_size_));
    }
  });
  if (processes_.is_alone()) return;
  engine::gather_everywhere(processes_, engine::Traffic::batches, std::span(negatives_),
                            engine::bounds_of(processes_, negatives_.size()));
}

void TrainingLoss::draw(engine::ThreadPool& pool, std::uint32_t step, std::size_t tokens) {
  if (is_by_position()) {
    draw_own(pool, step, tokens);
  } else if (training_.negatives > 0) {
    draw_shared(step);
  }
}

void TrainingLoss::begin(const Batch& batch) {
  batch_ = batch;
  if (!is_by_position()) {
    total_weight_ = engine::TokenWeights<float>("training loss", batch.weights, batch.targets.size()).total();
    return;
  }
  binary_.begin({.table = batch.outputs, .targets = batch.targets, .negatives = negatives_, .weights = batch.weights});
}

double TrainingLoss::forward_backward(engine::ThreadPool& pool, const engine::Bounds& tokens,
                                      engine::MatrixSpan<const float> hidden, engine::MatrixSpan<float> dhidden,
                                      engine::MatrixSpan<float> doutputs) {
  const std::size_t first = tokens.front();
  const auto targets = batch_.targets.subspan(first, hidden.rows);
  const auto weights = batch_.weights.empty() ? batch_.weights : batch_.weights.subspan(first, hidden.rows);
  if (is_of_catalogue()) {
    catalogue_.want_tokens(tokens);
    catalogue_.set_weights(weights, total_weight_);
    return catalogue_.forward_backward(pool, hidden, batch_.outputs, targets, dhidden, doutputs);
  }
  return sampled_.forward_backward(pool, hidden,
                                   {.table = batch_.outputs,
                                    .targets = targets,
                                    .negatives = negatives_,
                                    .log_q = log_q_,
                                    .weights = weights,
                                    .total = total_weight_,
                                    .own = batch_.own},
                                   dhidden, doutputs);
}

}  // namespace infodiet::recsys
