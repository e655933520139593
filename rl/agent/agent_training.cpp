#include "rl/agent/agent_training.hpp"

#include <algorithm>
#include <array>

#include "recsys/errors.hpp"

namespace infodiet::rl {

namespace {

/// Candidates scored per update, for equal work in every environment.
constexpr std::size_t usual_candidates = 20480;
constexpr std::size_t fewest_people_an_update = 4;
constexpr std::size_t most_people = 64;

}  // namespace

const AgentTraining& checked(const AgentTraining& training) {
  if (training.updates == 0) throw recsys::SettingError("agent: 0 updates: expected at least 1");
  return recsys::checked("agent", AgentTraining::settings(), training);
}

std::span<const recsys::Setting<AgentTraining>> AgentTraining::settings() {
  using T = AgentTraining;
  static constexpr std::array table{
      recsys::setting<&T::people>("people", 0, 100000, "people per update; 0: as many as suit the environment"),
      recsys::setting<&T::sessions_each>("sessions", 2, 1000, "sessions per person"),
      recsys::setting<&T::width>("width", 2, 1024, "width of the network, an even number"),
      recsys::setting<&T::rate>("rate", 1e-6, 0.1, "highest learning rate"),
      recsys::setting<&T::entropy>("entropy", 0, 1, "target entropy of slates, at the start"),
      recsys::setting<&T::last_entropy>("last_entropy", 0, 1, "target entropy of slates, at the end"),
      recsys::setting<&T::discount>("discount", 0, 1, "discount of rewards per step, at the start"),
      recsys::setting<&T::last_discount>("last_discount", 0, 1, "discount of rewards per step, at the end"),
      recsys::setting<&T::trace>("trace", 0, 1, "lambda of generalised advantage estimation"),
      recsys::setting<&T::batches>("batches", 1, most_shards, "minibatches per pass, one optimiser step each"),
      recsys::setting<&T::passes>("passes", 1, 100, "passes over the sessions of an update"),
  };
  return table;
}

std::size_t AgentTraining::people_in(const Shape& shape) const {
  if (people > 0) return people;
  const std::size_t fitting = usual_candidates / (shape.steps * shape.candidates * sessions_each);
  return std::clamp(fitting, fewest_people_an_update, most_people);
}

}  // namespace infodiet::rl
