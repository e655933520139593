// A learned span for each head: weights fade out over a ramp at its end (Sukhbaatar et al. 2019).
#pragma once

#include <string>

#include "engine/attention/score.hpp"
#include "engine/parameters.hpp"
#include "engine/ragged.hpp"
#include "engine/tensor.hpp"

namespace infodiet::engine {

/// Weights are multiplied with min(1, max(0, (ramp + span - distance) / ramp)) before they are normalised, which adds
/// the logarithm to the scores. A head's span is longest * v with v of parameter "<name>" (H, 1), initially 1, clamped
/// to [0, 1]. A loss that penalises long spans shrinks it where that costs little. For self-attention only; positions
/// do not limit the length of sequences.
template <class T>
class AdaptiveSpan {
 public:
  static constexpr double ramp = 4;  ///< tokens

  /// (H, L) what is added to the scores, by distance; L of the longest sequence.
  using ByDistance = Matrix<T>;

  AdaptiveSpan(ParameterLayout& layout, const std::string& name, std::size_t heads, std::size_t longest);

  /// Writes `added` for the longest sequence of `batch`.
  void forward(const Parameters<T>& parameters, const Ragged& batch, ByDistance& added) const;
  /// From the gradients of `added`: adds to the parameters' gradients. At the ends of [0, 1] only gradients that point
  /// inwards count.
  void backward(const Parameters<T>& parameters, const ByDistance& dadded, Parameters<T>& gradients) const;

  /// One head over any sequence of the batch. `dadded` has the shape of `added`; null runs forward only.
  class Term final : public ScoreTerm<T> {
   public:
    Term(const ByDistance& added, std::size_t head, ByDistance* dadded);
    void require(std::size_t queries, std::size_t keys) const override;
    void add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>& workspace) const override;
    void backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>& workspace) const override;

   private:
    std::size_t longest_;
    const T* added_;
    T* dadded_;
  };

 private:
  double span(const Parameters<T>& parameters, std::size_t head) const;

  std::size_t longest_;
  ParameterHandle share_;
};

}  // namespace infodiet::engine
