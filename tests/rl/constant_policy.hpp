// The policy that shows the same positions whatever happens, for tests and benchmarks.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "rl/policy.hpp"

namespace infodiet::test {

class ConstantPolicy final : public rl::Policy {
 public:
  explicit ConstantPolicy(std::vector<rl::Position> slate) : slate_(std::move(slate)) {}
  std::string name() const override { return "constant"; }
  void choose(const rl::SessionBatch& sessions, engine::MatrixSpan<rl::Position> slates) const override {
    for (std::size_t i = 0; i < sessions.size(); ++i) std::copy(slate_.begin(), slate_.end(), slates.row(i));
  }

 private:
  std::vector<rl::Position> slate_;
};

}  // namespace infodiet::test
