// A learned bias of every score by the distance between query and key.
#pragma once

#include <string>

#include "engine/attention/attend.hpp"
#include "engine/parameters.hpp"
#include "engine/ragged.hpp"

namespace infodiet::engine {

/// How distances share biases (Raffel et al. 2020, T5): half of the buckets hold one distance each, 0, 1, 2, ...; the
/// other half grow geometrically up to `longest`, and everything farther shares the last. With at least as many
/// buckets as `longest`, every distance under the number of buckets has its own.
struct DistanceBuckets {
  std::size_t count = 0;
  std::size_t longest = 128;

  /// The bucket, under `count`, of a distance in tokens.
  std::size_t of(std::size_t distance) const;
};

/// Parameter "<name>.weight" (H, buckets); without a causal mask (H, 2 buckets), keys after the query in the second
/// half. For self-attention only.
template <class T>
class RelativeBias {
 public:
  struct Options {
    std::size_t heads = 1;
    DistanceBuckets buckets = {};
    Mask mask = Mask::causal;
  };
  /// (H, 2 L - 1) the biases by offset; L of the longest sequence. That of query i and key j is in column j - i + L -
  /// 1.
  using ByOffset = Matrix<T>;

  /// Throws Error if there are no buckets.
  RelativeBias(ParameterLayout& layout, const std::string& name, const Options& options);

  /// Writes `biases` for the longest sequence of `batch`: bias[bucket(i - j)] for query i and key j (Raffel et al.
  /// 2020).
  void forward(const Parameters<T>& parameters, const Ragged& batch, ByOffset& biases) const;
  /// From the gradients of `biases`: adds to the parameters' gradients.
  void backward(const ByOffset& dbiases, Parameters<T>& gradients) const;

  /// One head over any sequence of the batch. `dbiases` has the shape of `biases`; null runs forward only. `before`
  /// keys come before the first query.
  class Term final : public ScoreTerm<T> {
   public:
    Term(const ByOffset& biases, std::size_t head, ByOffset* dbiases, std::size_t before = 0);
    void require(std::size_t queries, std::size_t keys) const override;
    void add(const ScoreTile& tile, MatrixSpan<T> scores, Workspace<T>& workspace) const override;
    void backward(const ScoreTile& tile, MatrixSpan<const T> dscores, Workspace<T>& workspace) const override;

   private:
    std::size_t longest_;
    std::size_t before_;
    const T* bias_;  // of offset 0
    T* dbias_;
  };

 private:
  std::size_t bucket_of(std::size_t column, std::size_t longest) const;

  Options options_;
  ParameterHandle weight_;
};

}  // namespace infodiet::engine
