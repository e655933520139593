// Recency for attention over a session: every score gets less the longer ago its step was, at a different pace in each
// head, plus a learned bias by age; what has not happened yet gets nothing.
#pragma once

#include <string>

#include "engine/attention/relative_bias.hpp"
#include "engine/attention/score.hpp"
#include "engine/parameters.hpp"
#include "engine/tensor.hpp"

namespace infodiet::rl {

/// Steps of the queries: query row r belongs to step first_step + r / each; key k to step k.
struct QuerySteps {
  std::size_t first_step = 0;
  std::size_t each = 1;  ///< queries of one step
};

/// bias(head, age) = -slope_head age + weight[head][bucket(age)], slopes 1, 1/2, 1/4, ... (Press et al. 2022, whose
/// slopes also halve) and T5's buckets (Raffel et al. 2020). Parameter "<name>.weight" (H, buckets), at first 0.
template <class T>
class AgeBias {
 public:
  AgeBias(engine::ParameterLayout& layout, const std::string& name, std::size_t heads);

  /// by_age (H, steps): the bias of each head at ages 0..steps-1.
  void forward(const engine::Parameters<T>& parameters, std::size_t steps, engine::Matrix<T>& by_age) const;
  /// From the gradients of by_age: adds to the parameters' gradients.
  void backward(const engine::Matrix<T>& dby_age, engine::Parameters<T>& gradients) const;

  /// One head over one session. Keys of steps after the query's get minus infinity.
  class Term final : public engine::ScoreTerm<T> {
   public:
    /// by_age (steps) of one head; `dby_age` may be null to run forward only.
    Term(const QuerySteps& steps, std::span<const T> by_age, T* dby_age);
    void require(std::size_t queries, std::size_t keys) const override;
    void add(const engine::ScoreTile& tile, engine::MatrixSpan<T> scores, engine::Workspace<T>&) const override;
    void backward(const engine::ScoreTile& tile, engine::MatrixSpan<const T> dscores,
                  engine::Workspace<T>&) const override;

   private:
    /// Keys of a tile that a query may look at, the first ones, and the age of the first of them.
    struct Seen {
      std::size_t keys;
      std::size_t oldest;
    };
    Seen seen(const engine::ScoreTile& tile, std::size_t row) const;

    QuerySteps steps_;
    std::span<const T> by_age_;
    T* dby_age_;
  };

 private:
  engine::ParameterHandle weight_;
};

}  // namespace infodiet::rl
