// The names of published models: the recommender, and an agent for each environment.
#pragma once

#include <string>
#include <string_view>

namespace infodiet::recsys {

/// The recommender.
inline constexpr std::string_view attention_model = "attention";

/// Begins the names of agents.
inline constexpr std::string_view agent_model_prefix = "agent/";

/// "agent/" + environment.
inline std::string agent_model(std::string_view environment) {
  return std::string(agent_model_prefix).append(environment);
}

}  // namespace infodiet::recsys
