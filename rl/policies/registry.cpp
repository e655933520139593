#include "rl/policies/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "rl/errors.hpp"
#include "rl/policies/rerank.hpp"
#include "rl/policies/simple.hpp"
#include "rl/policies/slateq/slateq.hpp"

namespace infodiet::rl {

namespace {

bool has_popularity(const Environment& environment) {
  const std::unique_ptr<SessionBatch> sessions = environment.open_sessions();
  sessions->reset({.count = 1});
  Observation first;
  sessions->observe(0, first);
  return std::any_of(first.candidates.begin(), first.candidates.end(),
                     [](const Candidate& candidate) { return candidate.popularity.has_value(); });
}

/// Sessions of a round: as many as their steps and candidates leave memory for.
std::size_t slateq_sessions(const Shape& shape) {
  return std::clamp<std::size_t>(1'500'000 / (shape.steps * shape.candidates), 200, SlateQOptions{}.sessions);
}

}  // namespace

std::span<const Parameter<PolicyOptions>> PolicyOptions::parameters() {
  using O = PolicyOptions;
  static constexpr std::array table{
      parameter<&O::epsilon>("epsilon", 0, 1, "epsilon-greedy: probability that a place is drawn"),
      parameter<&O::mmr>("mmr", 0, 1, "mmr: weight of relevance against similarity"),
      parameter<&O::dpp>("dpp", 0, 0.99, "dpp: weight of relevance against similarity"),
      parameter<&O::calibration>("calibration", 0, 1, "calibrated: weight of balance against relevance"),
  };
  return table;
}

std::span<const KnownPolicy> known_policies() {
  static constexpr std::array<KnownPolicy, 9> known{{
      {"random", "slates drawn uniformly"},
      {"popular", "what most people take"},
      {"greedy", "the highest expected reward of the next step; in catalogue the recommender's score"},
      {"epsilon-greedy", "greedy, with places drawn at random now and then"},
      {"mmr", "relevance against similarity to what is already on the slate (maximal marginal relevance)"},
      {"dpp", "relevance and variety together (determinantal point process)"},
      {"calibrated", "relevance against distance from the person's interests (Steck)"},
      {"slateq", "learns what each item is worth on a slate, by linear fits (SlateQ)"},
      {"optimum", "the best there is, computed by dynamic programming with all that is hidden known"},
  }};
  return known;
}

std::optional<std::string> policy_obstacle(std::string_view name, const PolicySources& sources) {
  if (name == "optimum" && sources.optimum == nullptr) return "its optimum is not known";
  if (name == "popular" && !has_popularity(sources.environment)) return "its items have no popularity";
  if ((name == "mmr" || name == "dpp" || name == "calibrated") && sources.environment.shape().topics == 0) {
    return "its items have no topics";
  }
  return std::nullopt;
}

std::shared_ptr<const Policy> make_policy(std::string_view name, const PolicySources& sources,
                                          const PolicyOptions& options) {
  checked("policies", PolicyOptions::parameters(), options);
  if (const auto obstacle = policy_obstacle(name, sources)) {
    throw SettingError(fmt::format("policy {} cannot be had in {}: {}", name, sources.environment.name(), *obstacle));
  }
  if (name == "random") return std::make_shared<RandomPolicy>();
  if (name == "popular") return std::make_shared<PopularPolicy>();
  if (name == "greedy") return std::make_shared<GreedyPolicy>();
  if (name == "epsilon-greedy") return std::make_shared<EpsilonGreedyPolicy>(options.epsilon);
  if (name == "mmr") return std::make_shared<MmrPolicy>(options.mmr);
  if (name == "dpp") return std::make_shared<DppPolicy>(options.dpp);
  if (name == "calibrated") return std::make_shared<CalibratedPolicy>(options.calibration);
  if (name == "optimum") return sources.optimum->policy;
  if (name == "slateq") {
    return learn_slateq(sources.environment, sources.pool,
                        {.seed = sources.seed, .sessions = slateq_sessions(sources.environment.shape())});
  }
  std::vector<std::string_view> names;
  for (const KnownPolicy& known : known_policies()) names.push_back(known.name);
  throw SettingError(fmt::format("there is no policy \"{}\": expected one of {}", name, fmt::join(names, ", ")));
}

}  // namespace infodiet::rl
