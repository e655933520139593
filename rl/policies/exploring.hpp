// A policy that explores: it shows the slates of another policy, but sometimes a uniformly drawn one. Its log suits
// off-policy evaluation, since every slate has a positive probability.
#pragma once

#include <memory>

#include "rl/policy.hpp"

namespace infodiet::rl {

/// The policy.
class ExploringPolicy final : public Policy {
 public:
  /// `explore` in [0, 1]: the probability of a uniform slate.
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
