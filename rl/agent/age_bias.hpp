// Recency bias for attention over a session: scores fall with the age of the step, at a different slope in each head,
// plus a learned bias by age. Future steps are masked.
#pragma once

#include <string>

#include "engine/attention/relative_bias.hpp"
#include "engine/attention/score.hpp"
#include "engine/parameters.hpp"
#include "engine/tensor.hpp"

namespace infodiet::rl {

/// Steps of queries and keys: query row r belongs to step first_step + r / each, key k to step k.
struct QuerySteps {
  std::size_t first_step = 0;
  std::size_t each = 1;  ///< queries per step
};

/// bias(head, age) = -slope_head age + weight[head][bucket(age)], with slopes 1, 1/2, 1/4, ... (as in ALiBi, Press et
/// al. 2022) and the buckets of T5 (Raffel et al. 2020). Parameter "<name>.weight" (H, buckets), initially 0.
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
    /// by_age (steps) of one head; a null `dby_age` runs forward only.
    Term(const QuerySteps& steps, std::span<const T> by_age, T* dby_age);
    void require(std::size_t queries, std::size_t keys) const override;
    void add(const engine::ScoreTile& tile, engine::MatrixSpan<T> scores, engine::Workspace<T>&) const override;
    void backward(const engine::ScoreTile& tile, engine::MatrixSpan<const T> dscores,
                  engine::Workspace<T>&) const override;

   private:
    /// How many keys of a tile, from the first on, a query may attend to, and the age of the first.
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
