// The interface of everything that chooses slates.
#pragma once

#include <span>
#include <string>

#include "engine/matrix_span.hpp"
#include "rl/environment.hpp"
#include "rl/slate_law.hpp"

namespace infodiet::rl {

/// Chooses slates. Immutable once made, so one policy may serve several batches at once; learning happens before.
class Policy {
 public:
  virtual ~Policy() = default;

  /// The name as the command line spells it.
  virtual std::string name() const = 0;

  /// slates (sessions, K): row i is for session i and must hold K distinct positions among its candidates. A pure
  /// function of the observation and of `sessions.policy_stream(i)`.
  virtual void choose(const SessionBatch& sessions, engine::MatrixSpan<Position> slates) const = 0;

  /// laws (sessions): the distribution of each slate of `choose`. By default a policy is deterministic; policies that
  /// use the stream override this.
  virtual void laws(const SessionBatch& sessions, std::span<SlateLaw> laws) const;
};

/// A policy that chooses for one session at a time.
class ObservingPolicy : public Policy {
 public:
  void choose(const SessionBatch& sessions, engine::MatrixSpan<Position> slates) const final;

  /// Fills `slate` (K <= candidates).
  virtual void choose_one(const Observation& observation, engine::RandomStream& stream,
                          std::span<Position> slate) const = 0;
};

}  // namespace infodiet::rl
