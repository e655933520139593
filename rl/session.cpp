#include "rl/session.hpp"

#include <fmt/format.h>

#include "engine/errors.hpp"

namespace infodiet::rl {

void check_batch(std::size_t slates, std::size_t outcomes, std::size_t sessions) {
  if (slates == sessions && outcomes == sessions) return;
  throw ShapeError(fmt::format("a step of {} sessions with {} slates and room for {} outcomes: expected {} of each",
                               sessions, slates, outcomes, sessions));
}

void refuse_step_after_the_end(const Shape& shape) {
  throw ShapeError(fmt::format("a session of {} steps has ended: reset it before another step", shape.steps));
}

void refuse_foreign_sessions(std::string_view policy, std::string_view environment) {
  throw ShapeError(
      fmt::format("policy {} was computed for {}: run it on sessions of that environment alone", policy, environment));
}

}  // namespace infodiet::rl
