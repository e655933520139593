// The state of a training in progress, as a checkpoint would have it.
#pragma once

#include "rl/agent/trainer.hpp"

namespace infodiet::test {

inline rl::AgentTrainer::State state_of(const rl::AgentTrainer& trainer) {
  const auto of = [](const rl::Forecast& forecast) {
    return rl::Forecast::State{.parameters = forecast.parameters(),
                               .moments = forecast.moments(),
                               .averaged = forecast.averaged(),
                               .scale = forecast.scale(),
                               .past = forecast.past()};
  };
  return {.parameters = trainer.model().parameters(),
          .moments = trainer.moments(),
          .users = {trainer.users().moments(), trainer.users().past()},
          .worth = of(trainer.worth()),
          .earnings = {of(trainer.earnings().network()), trainer.earnings().line().products(),
                       trainer.earnings().logarithms().state(), trainer.earnings().shares()},
          .luck = trainer.luck().line().products(),
          .course = trainer.course()};
}

}  // namespace infodiet::test
