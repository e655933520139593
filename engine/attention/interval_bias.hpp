// A learned bias of every score by the time between query and key.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/attention/score.hpp"
#include "engine/parameters.hpp"
#include "engine/ragged.hpp"

namespace infodiet::engine {

/// Times between tokens fall into 64 buckets, two to an octave of seconds (after the log buckets of HSTU, Zhai et al.
/// 2024): with 1 + seconds in [2^e, 2^(e+1)) the bucket is 2 e, or 2 e + 1 in the octave's upper half. The query's time
/// is that of its own token: the prediction at position i uses only times up to i, never that of the target (HSTU's
/// published code uses the next token's). Intervals have no sign. Parameter "<name>.weight" (H, 64).
template <class T>
class IntervalBias {
 public:
  struct Cache {
    std::vector<std::int32_t> elapsed;  ///< (T) seconds since the earliest token of the sequence, at most 68 years
    Matrix<T> biases;                   ///< (H, 64)
  };

  IntervalBias(ParameterLayout& layout, const std::string& name, std::size_t heads);

  /// Throws ShapeError if the batch has no times.
  void forward(const Parameters<T>& parameters, const Ragged& batch, Cache& cache) const;
  /// From dbiases (H, 64): adds to the parameters' gradients.
  void backward(const Matrix<T>& dbiases, Parameters<T>& gradients) const;

  /// The head and sequence of a Term.
  struct Location {
    std::size_t sequence = 0;
    std::size_t head = 0;
    std::size_t before = 0;  ///< keys before the first query
  };
  class Term final : public ScoreTerm<T> {
   public:
    Term(const Cache& cache, const Ragged& batch, const Location& at, Matrix<T>* dbiases);
    void require(std::size_t queries, std::size_t keys) const override;
    void add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>& workspace) const override;
    void backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>& workspace) const override;

   private:
    std::span<const std::int32_t> elapsed_;
    std::size_t before_;
    const T* biases_;
    T* dbiases_;
  };

 private:
  std::string name_;
  ParameterHandle weight_;
};

}  // namespace infodiet::engine
