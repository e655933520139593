#include "engine/losses/binary_cross_entropy.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/kernels/kernels.hpp"
#include "engine/losses/checks.hpp"
#include "engine/losses/token_weights.hpp"

namespace infodiet::engine {

namespace {

constexpr auto binary_loss = "binary cross-entropy";
constexpr std::size_t row_parts = 16;
constexpr std::size_t rows_at_once = 64;

}  // namespace

double gbce_weight(double sampling_rate, double calibration) {
  if (!(sampling_rate > 0 && sampling_rate <= 1 && calibration >= 0 && calibration <= 1)) {
    throw Error(fmt::format("gBCE: sampling rate {} and calibration {} but they must be in (0, 1] and [0, 1]",
                            sampling_rate, calibration));
  }
  return sampling_rate * (calibration * (1 - 1 / sampling_rate) + 1 / sampling_rate);
}

template <class T>
void BinaryCrossEntropy<T>::begin(const Batch& batch) {
  const std::size_t tokens = batch.targets.size();
  require_items(batch.targets, batch.table.rows, binary_loss, "target");
  require_items(batch.negatives, batch.table.rows, binary_loss, "negative");
  drawn_ = tokens == 0 ? 0 : batch.negatives.size() / tokens;
  require_size(batch.negatives.size(), tokens * drawn_, binary_loss, "the number of negatives",
               "the same number for each token");
  batch_ = batch;
  target_logits_.resize(tokens);
  negative_logits_.resize(tokens * drawn_);
  losses_.assign(tokens, 0.0);
}

template <class T>
void BinaryCrossEntropy<T>::hidden_gradient(std::size_t first, MatrixSpan<const T> hidden, MatrixSpan<T> dhidden) {
  const kernels::Table<T>& kernel = kernels::best<T>();
  const MatrixSpan<const T>& table = batch_.table;
  require_size(hidden.cols, table.cols, binary_loss, "the hidden vectors' width", "it is the table's");
  require_shape(dhidden, hidden, binary_loss, "the hidden gradient", "same as hidden");
  if (first + hidden.rows > target_logits_.size()) {
    throw ShapeError(fmt::format("{}: tokens {} to {} of a batch of {}: is the part of another batch?", binary_loss,
                                 first, first + hidden.rows, target_logits_.size()));
  }
  const TokenWeights<T> weights(binary_loss, batch_.weights, target_logits_.size());
  const T weight = T{1} / static_cast<T>(target_logits_.size() + negative_logits_.size());
  const T target_weight = static_cast<T>(options_.target_weight);
  double loss = 0;
  // In blocks, so that the items' vectors are still in cache when the logits' gradients are known.
  for (std::size_t begin = 0; begin < hidden.rows; begin += rows_at_once) {
    const std::size_t count = std::min(rows_at_once, hidden.rows - begin);
    const std::uint32_t* targets = batch_.targets.data() + first + begin;
    const std::uint32_t* negatives = batch_.negatives.data() + (first + begin) * drawn_;
    T* target_logits = target_logits_.data() + first + begin;
    T* negative_logits = negative_logits_.data() + (first + begin) * drawn_;
    for (std::size_t t = 0; t < count; ++t) {
      const T* vector = hidden.row(begin + t);
      target_logits[t] = kernel.dot(vector, table.row(targets[t]), table.cols);
      for (std::size_t i = t * drawn_; i < (t + 1) * drawn_; ++i) {
        negative_logits[i] = negatives[i] == targets[t] ? -std::numeric_limits<T>::infinity()
                                                        : kernel.dot(vector, table.row(negatives[i]), table.cols);
      }
    }
    // All at once, or each position by its own weight.
    const std::size_t at_once = weights.are_equal() ? count : 1;
    for (std::size_t t = 0; t < count; t += at_once) {
      const T own = weights.weight(first + begin + t);
      const T share = weights.are_equal() ? weight : weights.share(first + begin + t) / static_cast<T>(1 + drawn_);
      const T side = weights.is_unwanted(first + begin + t) ? T{-1} : T{1};
      const T target_loss = kernel.logistic_loss(target_logits + t, at_once, side, target_weight * share);
      const T negative_loss = kernel.logistic_loss(negative_logits + t * drawn_, at_once * drawn_, T{-1}, share);
      loss += static_cast<double>(own) *
              (static_cast<double>(target_weight * target_loss) + static_cast<double>(negative_loss));
    }
    for (std::size_t t = 0; t < count; ++t) {
      // forward: logit = hidden . table[item]
      T* gradient = dhidden.row(begin + t);
      std::fill_n(gradient, table.cols, T{0});
      kernel.add_scaled(gradient, target_logits[t], table.row(targets[t]), table.cols);
      for (std::size_t i = t * drawn_; i < (t + 1) * drawn_; ++i) {
        kernel.add_scaled(gradient, negative_logits[i], table.row(negatives[i]), table.cols);
      }
    }
  }
  if (hidden.rows > 0) losses_[first] = loss;
}

template <class T>
void BinaryCrossEntropy<T>::gather(Communicator& processes, const Bounds& bounds) {
  const MatrixSpan<T> negative_logits(negative_logits_.data(), target_logits_.size(), drawn_);
  gather_everywhere(processes, Traffic::logits, std::span<T>(target_logits_), bounds);
  gather_rows_everywhere(processes, Traffic::logits, negative_logits, bounds);
  gather_everywhere(processes, Traffic::activations, std::span(losses_), bounds);
}

template <class T>
double BinaryCrossEntropy<T>::table_gradient(ThreadPool& pool, MatrixSpan<const T> hidden, MatrixSpan<T> dtable,
                                             const Range& own) const {
  const std::size_t tokens = batch_.targets.size();
  require_size(hidden.rows, tokens, binary_loss, "the number of hidden vectors", "one for each target");
  require_shape(dtable, batch_.table, binary_loss, "the table's gradient", "same as the table");
  if (tokens == 0) return 0;
  // forward: logit = hidden . table[item]
  const std::span<const T> dtarget_logits(target_logits_);
  const std::span<const T> dnegative_logits(negative_logits_);
  scatter_add_rows<T>(pool, hidden, batch_.targets, dtarget_logits, dtable, own);
  scatter_add_rows<T>(pool, hidden, batch_.negatives, dnegative_logits, dtable, own);
  const double terms = TokenWeights<T>(binary_loss, batch_.weights, tokens).total() * static_cast<double>(1 + drawn_);
  return terms > 0 ? std::accumulate(losses_.begin(), losses_.end(), 0.0) / terms : 0;
}

template <class T>
double BinaryCrossEntropy<T>::forward_backward(ThreadPool& pool, MatrixSpan<const T> hidden, const Batch& batch,
                                               MatrixSpan<T> dhidden, MatrixSpan<T> dtable) {
  require_loss_arguments(binary_loss, hidden, batch.table, batch.targets, dhidden, dtable);
  begin(batch);
  pool.run(row_parts, [&](std::size_t part, std::size_t) {
    const Range range = part_of(hidden.rows, row_parts, part);
    const std::size_t count = range.end - range.begin;
    hidden_gradient(range.begin, hidden.rows_from(range.begin, count), dhidden.rows_from(range.begin, count));
  });
  return table_gradient(pool, hidden, dtable);
}

template class BinaryCrossEntropy<float>;
template class BinaryCrossEntropy<double>;

}  // namespace infodiet::engine
