// The one interface of everything that ranks a catalogue: baselines and the attention model alike.
#pragma once

#include <span>
#include <string>

#include "engine/matrix_span.hpp"
#include "recsys/dataset.hpp"

namespace infodiet::recsys {

/// Scores the whole catalogue for what comes next. Immutable once made, so `score` may run on several threads at once.
class Recommender {
 public:
  virtual ~Recommender() = default;

  /// The model's name as the command line and the database spell it: "popularity", "markov", "attention", ...
  virtual std::string name() const = 0;
  virtual std::size_t catalogue_size() const = 0;

  /// scores (B, V): row b is for what follows histories[b], which may be empty; higher is better, every score finite.
  /// Nothing is filtered: seen items are the caller's to exclude. Throws ShapeError if `scores` has another shape.
  virtual void score(std::span<const History> histories, engine::MatrixSpan<float> scores) const = 0;
};

}  // namespace infodiet::recsys
