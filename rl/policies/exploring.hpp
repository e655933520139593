// A policy that explores: what another policy shows, but now and then a slate drawn uniformly. Its log can judge other
// policies, since every slate has a chance.
#pragma once

#include <memory>

#include "rl/policy.hpp"

namespace infodiet::rl {

class ExploringPolicy final : public Policy {
 public:
  /// `explore` in [0, 1] is how likely each slate is drawn uniformly.
  ExploringPolicy(std::shared_ptr<const Policy> policy, double explore)
      : policy_(std::move(policy)), explore_(explore) {}

  std::string name() const override { return policy_->name(); }
  void choose(const SessionBatch& sessions, engine::MatrixSpan<Position> slates) const override;
  void laws(const SessionBatch& sessions, std::span<SlateLaw> laws) const override;

 private:
  std::shared_ptr<const Policy> policy_;
  double explore_;
};

}  // namespace infodiet::rl
