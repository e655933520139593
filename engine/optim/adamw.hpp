// Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019) on one block of parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/parallel.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
/// p = (1 - learning_rate decay) p - learning_rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon). Without decay
/// it is Adam.
template <class T>
class AdamW {
 public:
  struct Options {
    double beta1 = 0.9;
    double beta2 = 0.98;
    double epsilon = 1e-8;
    double weight_decay = 0;  ///< parameters shrink by it times the learning rate
  };
  /// What must be saved to resume exactly as if never interrupted.
  struct State {
    Buffer<T> first;   ///< moments of the gradient
    Buffer<T> second;  ///< moments of its square
    std::uint64_t steps = 0;
  };

  AdamW(std::size_t parameters, const Options& options);

  /// One step. Every gradient is first multiplied by `gradient_scale`. Throws ShapeError if sizes disagree.
  void update(ThreadPool& pool, std::span<T> parameters, std::span<const T> gradient, double learning_rate,
              double gradient_scale = 1);

  const State& state() const { return state_; }
  /// Throws ShapeError if it is the state of another number of parameters.
  void restore(State state);
  /// The same in place, for what would not fit into memory twice.
  std::span<T> first() { return state_.first; }
  std::span<T> second() { return state_.second; }
  void set_steps(std::uint64_t steps) { state_.steps = steps; }

 private:
  Options options_;
  State state_;
};

}  // namespace infodiet::engine
