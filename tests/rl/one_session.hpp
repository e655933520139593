// One session at a time, for tests that look at each step.
#pragma once

#include <vector>

#include "rl/session.hpp"

namespace infodiet::test {

template <rl::Dynamics E>
void begin(rl::Session<E>& session, engine::RandomStream stream) {
  session.begin(stream);
}

template <rl::Dynamics E>
rl::Outcome show(rl::Session<E>& session, const std::vector<rl::Position>& slate, engine::RandomStream stream) {
  return session.advance(slate, stream);
}

template <rl::Dynamics E>
rl::Observation observed(const rl::Session<E>& session) {
  rl::Observation seen;
  session.observe(seen);
  return seen;
}

}  // namespace infodiet::test
