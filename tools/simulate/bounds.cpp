#include "tools/simulate/bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "rl/environments/catalogue_bound.hpp"

namespace infodiet::tools {

namespace {

/// About a tenth of a second each (rl/README.md).
constexpr std::size_t bounded_sessions = 16;

}  // namespace

Bounds find_bounds(const Stage& stage, const rl::SessionPlan& plan, engine::ThreadPool& pool) {
  if (!stage.catalogue) return {};
  Bounds bounds{.obstacle = rl::catalogue_bound_obstacle(*stage.catalogue)};
  if (bounds.obstacle) return bounds;
  rl::SessionPlan first = plan;
  first.count = std::min(bounded_sessions, plan.count);
  const auto start = std::chrono::steady_clock::now();
  bounds.sessions = rl::catalogue_bounds(*stage.catalogue, first, pool);
  bounds.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return bounds;
}

Json bound_json(const Bounds& bounds) {
  if (bounds.sessions.empty()) return nullptr;
  const rl::Estimate bound = rl::estimate(bounds.sessions);
  return {{"value", bound.mean}, {"stderr", bound.standard_error}, {"sessions", bounds.sessions.size()}};
}

std::optional<std::string> bound_sentence(const Bounds& bounds) {
  if (bounds.obstacle) {
    return fmt::format("there is no bound to compare the returns with: {}", *bounds.obstacle);
  }
  if (bounds.sessions.empty()) return std::nullopt;
  const rl::Estimate bound = rl::estimate(bounds.sessions);
  return fmt::format(
      "bound: no policy earns more than {:.3f} +- {:.3f} a session on average, whatever it knows ({}, computed in "
      "{:.1f} s); {}",
      bound.mean, bound.standard_error,
      bounds.sessions.size() == 1 ? "the first session" : fmt::format("the first {} sessions", bounds.sessions.size()),
      bounds.seconds,
      bound.mean > 0 ? "percentages of it are of those sessions; even the optimum may stay well below 100"
                     : "there are no percentages of it, since it is not above 0");
}

}  // namespace infodiet::tools
