// The network of a Forecast: a scalar from the state of a session and an item. Holds no weights, like AgentNetwork.
#pragma once

#include <cstddef>

#include "engine/layers/activation.hpp"
#include "engine/layers/linear.hpp"
#include "engine/pass.hpp"

namespace infodiet::rl {

/// Sizes of the network.
struct ForecastOptions {
  std::size_t state_features = 0;  ///< Fs
  std::size_t item_features = 0;   ///< Fi
  std::size_t width = 32;          ///< D
};

/// Inputs, row by row.
template <class T>
struct ForecastInputs {
  engine::MatrixSpan<const T> states;  ///< (R, Fs)
  engine::MatrixSpan<const T> items;   ///< (R, Fi)
};

/// score = silu(silu(item Wi + silu(state Ws) Wn) W1) w2.
template <class T>
class ForecastNetwork {
 public:
  struct Cache {
    engine::Matrix<T> state_before;  ///< (R, D) before the activation
    engine::Matrix<T> state_after;   ///< (R, D)
    engine::Matrix<T> before;        ///< (R, D) before the activation
    engine::Matrix<T> after;         ///< (R, D)
    engine::Matrix<T> wide;          ///< (R, 2 D) before the activation
    engine::Matrix<T> bent;          ///< (R, 2 D)
  };

  explicit ForecastNetwork(const ForecastOptions& options);

  const engine::ParameterLayout& layout() const { return layout_; }
  const ForecastOptions& options() const { return options_; }

  /// scores (R, 1).
  void score(const engine::Run<T>& run, const ForecastInputs<T>& in, Cache& cache, engine::Matrix<T>& scores) const;
  /// From dscores (R, 1): adds to the parameters' gradients.
  void score_backward(const engine::Run<T>& run, const ForecastInputs<T>& in, const Cache& cache,
                      const engine::Matrix<T>& dscores) const;

 private:
  ForecastOptions options_;
  engine::ParameterLayout layout_;
  engine::Linear<T> state_;
  engine::Linear<T> now_;
  engine::Linear<T> item_;
  engine::Linear<T> widen_;
  engine::Linear<T> score_;
};

}  // namespace infodiet::rl
