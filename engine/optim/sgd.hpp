// Stochastic gradient descent with momentum on one block of parameters, and plain on some rows of a table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/matrix_span.hpp"
#include "engine/parallel.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// velocity = momentum velocity + gradient + decay p; p -= rate velocity (Polyak 1964, in the form of Sutskever et al.
/// 2013).
template <class T>
class Sgd {
 public:
  struct Options {
    double momentum = 0;
    double weight_decay = 0;  ///< times the parameter, added to its gradient
  };
  /// What must be kept to go on later exactly as if never interrupted.
  struct State {
    Buffer<T> velocity;
  };

  Sgd(std::size_t parameters, const Options& options);

  /// One step. Every gradient is first multiplied by `gradient_scale`. Throws ShapeError if sizes disagree.
  void update(ThreadPool& pool, std::span<T> parameters, std::span<const T> gradient, double rate,
              double gradient_scale = 1);

  const State& state() const { return state_; }
  /// Throws ShapeError if it is the state of another number of parameters.
  void restore(State state);

 private:
  Options options_;
  State state_;
};

/// One step of plain gradient descent of a table (V, D) of which only `rows`, ascending, have gradients (R, D). Rows
/// without one do not move, so this equals the step of the whole table. Throws ShapeError where shapes disagree or rows
/// are not ascending rows of the table.
template <class T>
void sgd_rows(ThreadPool& pool, MatrixSpan<T> table, std::span<const std::uint32_t> rows, MatrixSpan<const T> gradients,
              double rate, double gradient_scale = 1);

}  // namespace infodiet::engine
