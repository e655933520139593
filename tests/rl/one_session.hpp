// One session at a time, for tests that look at each step.
#pragma once

#include <vector>

#include "rl/session.hpp"

namespace infodiet::rl::test {

template <Dynamics E>
void begin(Session<E>& session, engine::RandomStream stream) {
  session.begin(stream);
}

template <Dynamics E>
Outcome show(Session<E>& session, const std::vector<Position>& slate, engine::RandomStream stream) {
  return session.advance(slate, stream);
}

template <Dynamics E>
Observation observed(const Session<E>& session) {
  Observation seen;
  session.observe(seen);
  return seen;
}

}  // namespace infodiet::rl::test
