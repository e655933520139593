#include "rl/policies/registry.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "recsys/errors.hpp"
#include "rl/environments/drift_optimum.hpp"
#include "rl/policies/rerank.hpp"
#include "rl/policies/simple.hpp"
#include "rl/policies/slateq/slateq.hpp"

namespace infodiet::rl {

namespace {

using Obstacle = std::optional<std::string>;

Obstacle without_popularity(const PolicySources& sources) {
  const std::unique_ptr<SessionBatch> sessions = sources.environment.open_sessions();
  sessions->reset({.count = 1});
  Observation first;
  sessions->observe(0, first);
  const bool known = std::any_of(first.candidates.begin(), first.candidates.end(),
                                 [](const Candidate& candidate) { return candidate.popularity.has_value(); });
  return known ? Obstacle() : "its items have no popularity";
}

Obstacle without_topics(const PolicySources& sources) {
  return sources.environment.shape().topics > 0 ? Obstacle() : "its items have no topics";
}

Obstacle without_optimum(const PolicySources& sources) {
  return sources.optimum != nullptr ? Obstacle() : "its optimum is not known";
}

Obstacle outside_drift(const PolicySources& sources) {
  return dynamic_cast<const Drift*>(&sources.environment) != nullptr ? Obstacle() : "it needs the tastes of drift";
}

std::shared_ptr<const Policy> make_slateq(const PolicySources& sources) {
  SlateQOptions options{.seed = sources.seed, .reward = sources.reward};
  options.sessions = std::max<std::size_t>(1, sources.sessions / options.rounds);
  return learn_slateq(sources.environment, RandomPolicy(), sources.pool, options);
}

}  // namespace

std::span<const recsys::Setting<PolicyOptions>> PolicyOptions::settings() {
  using O = PolicyOptions;
  static constexpr std::array table{
      recsys::setting<&O::epsilon>("epsilon", 0, 1, "epsilon-greedy: probability that a rank is drawn"),
      recsys::setting<&O::mmr>("mmr", 0, 1, "mmr: weight of relevance against similarity"),
      recsys::setting<&O::dpp>("dpp", 0, 0.99, "dpp: weight of relevance against similarity"),
      recsys::setting<&O::calibration>("calibration", 0, 1, "calibrated: weight of balance against relevance"),
  };
  return table;
}

std::span<const KnownPolicy> known_policies() {
  using Sources = PolicySources;
  using Options = PolicyOptions;
  using Made = std::shared_ptr<const Policy>;
  static constexpr std::array known{
      KnownPolicy{.name = "random",
                  .meaning = "slates drawn uniformly",
                  .make = [](const Sources&, const Options&) -> Made { return std::make_shared<RandomPolicy>(); }},
      KnownPolicy{.name = "popular",
                  .meaning = "the most popular items",
                  .make = [](const Sources&, const Options&) -> Made { return std::make_shared<PopularPolicy>(); },
                  .obstacle = without_popularity},
      KnownPolicy{.name = "greedy",
                  .meaning = "the highest expected reward of the next step; in catalogue the recommender's score",
                  .make = [](const Sources&, const Options&) -> Made { return std::make_shared<GreedyPolicy>(); }},
      KnownPolicy{.name = "epsilon-greedy",
                  .meaning = "greedy, with some ranks drawn at random",
                  .make = [](const Sources&, const Options& o) -> Made {
                    return std::make_shared<EpsilonGreedyPolicy>(o.epsilon);
                  }},
      KnownPolicy{
          .name = "mmr",
          .meaning = "relevance against similarity to what is already on the slate (maximal marginal relevance)",
          .make = [](const Sources&, const Options& o) -> Made { return std::make_shared<MmrPolicy>(o.mmr); },
          .obstacle = without_topics,
          .set_variety = [](Options& o, double variety) { o.mmr = 1 - variety; }},
      KnownPolicy{.name = "dpp",
                  .meaning = "relevance and variety together (determinantal point process)",
                  .make = [](const Sources&, const Options& o) -> Made { return std::make_shared<DppPolicy>(o.dpp); },
                  .obstacle = without_topics},
      KnownPolicy{.name = "calibrated",
                  .meaning = "relevance against distance from the person's interests (Steck)",
                  .make = [](const Sources&, const Options& o) -> Made {
                    return std::make_shared<CalibratedPolicy>(o.calibration);
                  },
                  .obstacle = without_topics,
                  .set_variety = [](Options& o, double variety) { o.calibration = variety; }},
      KnownPolicy{.name = "most-varied",
                  .meaning = "in drift, the topics with the smallest shares of the taste",
                  .make = [](const Sources&, const Options&) -> Made { return std::make_shared<MostVariedPolicy>(); },
                  .obstacle = outside_drift,
                  .of_one_environment = true},
      KnownPolicy{.name = "slateq",
                  .meaning = "learns the value of each item on a slate, by linear fits (SlateQ)",
                  .make = [](const Sources& sources, const Options&) { return make_slateq(sources); },
                  .of_one_environment = true,
                  .learns = true},
      KnownPolicy{.name = "optimum",
                  .meaning = "the optimum, computed by dynamic programming that knows all hidden state",
                  .make = [](const Sources& sources, const Options&) { return sources.optimum->policy; },
                  .obstacle = without_optimum,
                  .of_one_environment = true},
  };
  return known;
}

const KnownPolicy& known_policy(std::string_view name) {
  std::vector<std::string> names;
  for (const KnownPolicy& known : known_policies()) {
    if (known.name == name) return known;
    names.emplace_back(known.name);
  }
  throw recsys::SettingError(fmt::format("there is no policy \"{}\": expected one of {}", name, fmt::join(names, ", ")),
                             std::string(name), names);
}

std::optional<std::string> policy_obstacle(std::string_view name, const PolicySources& sources) {
  const KnownPolicy& known = known_policy(name);
  return known.obstacle == nullptr ? std::nullopt : known.obstacle(sources);
}

std::shared_ptr<const Policy> make_policy(std::string_view name, const PolicySources& sources,
                                          const PolicyOptions& options) {
  recsys::checked("policies", PolicyOptions::settings(), options);
  if (const auto obstacle = policy_obstacle(name, sources)) {
    throw recsys::SettingError(
        fmt::format("policy {} is not available in {}: {}", name, sources.environment.name(), *obstacle));
  }
  return known_policy(name).make(sources, options);
}

}  // namespace infodiet::rl
