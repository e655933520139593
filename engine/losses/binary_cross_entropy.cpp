#include "engine/losses/binary_cross_entropy.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/kernels/kernels.hpp"
#include "engine/losses/checks.hpp"

namespace infodiet::engine {

namespace {

constexpr auto where = "binary cross-entropy";
constexpr std::size_t token_parts = 16;
constexpr std::size_t table_parts = 16;

}  // namespace

double gbce_weight(double sampling_rate, double calibration) {
  if (!(sampling_rate > 0 && sampling_rate <= 1 && calibration >= 0 && calibration <= 1)) {
    throw Error(fmt::format("gBCE: sampling rate {} and calibration {} but they must be in (0, 1] and [0, 1]",
                            sampling_rate, calibration));
  }
  return sampling_rate * (calibration * (1 - 1 / sampling_rate) + 1 / sampling_rate);
}

template <class T>
double BinaryCrossEntropy<T>::forward_backward(ThreadPool& pool, MatrixSpan<const T> hidden, MatrixSpan<const T> table,
                                               std::span<const std::uint32_t> targets,
                                               std::span<const std::uint32_t> negatives, MatrixSpan<T> dhidden,
                                               MatrixSpan<T> dtable) {
  require_loss_arguments(where, hidden, table, targets, dhidden, dtable);
  require_items(negatives, table.rows, where, "negative");
  const std::size_t tokens = hidden.rows;
  if (tokens == 0) return 0;
  const std::size_t drawn = negatives.size() / tokens;
  require_size(negatives.size(), tokens * drawn, where, "the number of negatives", "as many for each token");
  const std::size_t width = hidden.cols;
  const std::size_t terms = 1 + drawn;

  const kernels::Table<T>& kernel = kernels::best<T>();
  items_.resize(tokens * terms);
  logits_.resize(tokens * terms);
  losses_.assign(tokens, 0.0);
  const T weight = T{1} / static_cast<T>(tokens * terms);
  const T target_weight = static_cast<T>(options_.target_weight);
  pool.run(token_parts, [&](std::size_t part, std::size_t) {
    const Range range = part_of(tokens, token_parts, part);
    for (std::size_t t = range.begin; t < range.end; ++t) {
      std::uint32_t* items = items_.data() + t * terms;
      T* logits = logits_.data() + t * terms;
      items[0] = targets[t];
      std::copy_n(negatives.data() + t * drawn, drawn, items + 1);
      for (std::size_t i = 0; i < terms; ++i) logits[i] = kernel.dot(hidden.row(t), table.row(items[i]), width);
      for (std::size_t i = 1; i < terms; ++i) {
        if (items[i] == items[0]) logits[i] = -std::numeric_limits<T>::infinity();
      }
      const T target_loss = kernel.logistic_loss(logits, 1, T{1}, target_weight * weight);
      const T negative_loss = kernel.logistic_loss(logits + 1, drawn, T{-1}, weight);
      losses_[t] = static_cast<double>(target_weight * target_loss + negative_loss);
      // forward: logits[i] = hidden . table[items[i]]
      std::fill_n(dhidden.row(t), width, T{0});
      for (std::size_t i = 0; i < terms; ++i) kernel.add_scaled(dhidden.row(t), logits[i], table.row(items[i]), width);
    }
  });
  // Each row of the table is summed by one task in the order of terms.
  pool.run(table_parts, [&](std::size_t part, std::size_t) {
    const Range range = part_of(table.rows, table_parts, part);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (items_[i] < range.begin || items_[i] >= range.end) continue;
      kernel.add_scaled(dtable.row(items_[i]), logits_[i], hidden.row(i / terms), width);
    }
  });
  return std::accumulate(losses_.begin(), losses_.end(), 0.0) / static_cast<double>(tokens * terms);
}

template class BinaryCrossEntropy<float>;
template class BinaryCrossEntropy<double>;

}  // namespace infodiet::engine
