// The baseline policies. None of them learns.
#pragma once

#include "rl/policy.hpp"

namespace infodiet::rl {

/// Slates drawn uniformly.
class RandomPolicy final : public Policy {
 public:
  std::string name() const override { return "random"; }
  void choose(const SessionBatch& sessions, engine::MatrixSpan<Position> slates) const override;
  void laws(const SessionBatch& sessions, std::span<SlateLaw> laws) const override;
};

/// The candidates with the highest score, the expected reward of the next step.
class GreedyPolicy final : public ObservingPolicy {
 public:
  std::string name() const override { return "greedy"; }
  void choose_one(const Observation& observation, engine::RandomStream& stream,
                  std::span<Position> slate) const override;
};

/// The most popular candidates. Those of unknown popularity come last.
class PopularPolicy final : public ObservingPolicy {
 public:
  std::string name() const override { return "popular"; }
  void choose_one(const Observation& observation, engine::RandomStream& stream,
                  std::span<Position> slate) const override;
};

/// Greedy, but each rank is filled with probability epsilon by a uniformly drawn remaining candidate.
class EpsilonGreedyPolicy final : public ObservingPolicy {
 public:
  explicit EpsilonGreedyPolicy(double epsilon) : epsilon_(epsilon) {}
  std::string name() const override { return "epsilon-greedy"; }
  void choose_one(const Observation& observation, engine::RandomStream& stream,
                  std::span<Position> slate) const override;
  void laws(const SessionBatch& sessions, std::span<SlateLaw> laws) const override;

 private:
  double epsilon_;
};

}  // namespace infodiet::rl
