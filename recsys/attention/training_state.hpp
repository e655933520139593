// What training keeps from step to step: weights, moments, the moving average and the best weights. In a job of several
// processes the item table (V, D) and all numbers that belong to its elements are split by rows, in eighths
// (engine/distributed/share.hpp), so that a catalogue may be larger than a machine; each process holds its own rows
// only. The network's weights and all of attributes, which are few, are everywhere, the network's moments with the
// process that updates their slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/distributed/collectives.hpp"
#include "engine/optim/adamw.hpp"
#include "recsys/attention/attribute_vectors.hpp"
#include "recsys/attention/model.hpp"

namespace infodiet::recsys {

/// Numbers of which there is one for each element of the item table.
enum class ItemNumbers : std::uint8_t {
  vectors,         ///< the items' own vectors
  first_moments,   ///< of their gradient
  second_moments,  ///< of its square
  average,         ///< the moving average of the own vectors
  best,            ///< what the best model so far scores with
  model,           ///< what a model scores with now: read only
};

/// How many numbers a range holds.
constexpr std::size_t size_of(const engine::Range& range) {
  return range.end - range.begin;
}

/// The same functions are called by all processes of a job, except where a comment says otherwise.
class TrainingState {
 public:
  /// Weights, where `items` are the rows of this process.
  struct Average {
    AttentionWeights weights;               ///< with the items' own vectors
    engine::Matrix<float> attributes = {};  ///< (A, D), empty without attributes
  };
  /// What is small enough for process 0 to hold at once.
  struct Small {
    engine::Parameters<float> network = {};
    engine::Matrix<float> attributes = {};                    ///< (A, D), empty: vectors of 0
    std::optional<engine::AdamW<float>::State> moments = {};  ///< of the network, whose steps are those of all
    engine::AdamW<float>::State attribute_moments = {};
    std::optional<engine::Parameters<float>> average = {};
    engine::Matrix<float> average_attributes = {};
    std::optional<engine::Parameters<float>> best = {};
  };

  /// Fresh weights for a table of `catalogue` items.
  TrainingState(engine::ThreadPool& pool, engine::Communicator& processes, const AttentionConfig& config,
                const TrainingConfig& training, std::size_t catalogue);

  std::size_t catalogue() const { return catalogue_; }
  /// The rows of this process.
  engine::Range own() const { return share_.of_size(catalogue_); }

  /// From now on items share vectors by these attributes and imported vectors of process 0, one row for each item.
  void learn_attributes(SparseRows attributes, engine::Matrix<float> imported);
  /// Null without attributes.
  AttributeVectors* attributes() { return attributes_ ? &*attributes_ : nullptr; }
  const AttributeVectors* attributes() const { return attributes_ ? &*attributes_ : nullptr; }

  /// Updates so far.
  std::uint64_t steps() const { return network_optimiser_.state().steps; }
  /// With the items' own vectors.
  const AttentionWeights& weights() const { return weights_; }
  /// None before the first step, or if there is to be none.
  const std::optional<Average>& average() const { return average_; }
  /// None before keep_best.
  const std::optional<AttentionWeights>& best() const { return best_; }
  /// Of this process's slice.
  const engine::AdamW<float>::State& network_moments() const { return network_optimiser_.state(); }
  const engine::AdamW<float>::State& attribute_moments() const { return attribute_optimiser_.state(); }

  /// One update, from the gradients of the network, of which the own slice is read, and of the own items (rows, D).
  void update(std::span<const float> network_gradient, std::span<const float> item_gradient, double learning_rate,
              double gradient_scale);
  /// What a model scores with now counts as the best.
  void keep_best();

  /// What a model scores with, now or at best (model or best): its network, and the rows (own items, D) of this
  /// process. `scratch` holds them if nothing else does.
  const engine::Parameters<float>& network_of(ItemNumbers which) const;
  engine::MatrixSpan<const float> rows_of(ItemNumbers which, engine::Matrix<float>& scratch) const;

  /// Process 0's values from now on. Those of items follow by put_numbers; their moments are those of as many steps.
  void start_from(Small small);
  /// The network's moments, complete in process 0.
  engine::AdamW<float>::State gather_network_moments() const;

  /// Process 0 gets some rows (number of rows, D) of the table, named in ascending order.
  void gather_rows(ItemNumbers which, std::span<const std::uint32_t> rows, std::span<float> values) const;
  /// Process 0's `values` replace the table's numbers from `first` on, counted row by row; the others have as many.
  void put_numbers(ItemNumbers which, std::size_t first, std::span<float> values);

 private:
  void update_average();
  void start_average(Small& small);
  void start_moments(Small& small);
  std::span<float> own_network(std::span<float> all) const;
  std::span<float> numbers(ItemNumbers which);
  std::span<const float> numbers(ItemNumbers which) const;

  engine::ThreadPool& pool_;
  engine::Communicator& processes_;
  engine::Share share_;
  TrainingConfig training_;
  std::size_t catalogue_;
  std::size_t width_;
  AttentionWeights weights_;
  engine::AdamW<float> network_optimiser_;  // of this process's slice
  engine::AdamW<float> item_optimiser_;     // of its rows
  std::optional<AttributeVectors> attributes_;
  engine::AdamW<float> attribute_optimiser_;
  std::optional<Average> average_;
  std::optional<AttentionWeights> best_;
};

}  // namespace infodiet::recsys
