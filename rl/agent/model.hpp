// A trained agent: what it is told, its network and its numbers. How it learns is rl/agent/trainer.hpp's business, how
// it is stored rl/agent/model_file.hpp's.
#pragma once

#include <memory>

#include "rl/agent/features.hpp"
#include "rl/agent/network.hpp"
#include "rl/policy.hpp"

namespace infodiet::rl {

struct AgentConfig {
  std::size_t topics = 0;  ///< of the environment
  ScoreInput scores = ScoreInput::hidden;
  std::size_t width = 32;
  std::size_t heads = 2;
  SessionSums sums = SessionSums::yes;
};

class AgentModel {
 public:
  /// With the starting numbers of `seed`.
  AgentModel(const AgentConfig& config, std::uint64_t seed);

  const AgentConfig& config() const { return config_; }
  const AgentFeatures& features() const { return features_; }
  const AgentNetwork<float>& network() const { return network_; }
  const engine::Parameters<float>& parameters() const { return parameters_; }
  engine::Parameters<float>& parameters() { return parameters_; }

  /// Room for `score`, to be reused.
  struct Scratch {
    engine::Matrix<float> events;
    engine::Matrix<float> candidates;
    engine::Matrix<float> states;
    engine::Matrix<float> memory;
    engine::Matrix<float> scores;
    AgentNetwork<float>::EventCache event_cache;
    AgentNetwork<float>::ScoreCache score_cache;
    engine::Workspace<float> workspace;
  };
  /// scores (candidates) of one session's next decision.
  void score(const Observation& observation, Scratch& scratch, std::span<double> scores) const;

 private:
  AgentConfig config_;
  AgentFeatures features_;
  AgentNetwork<float> network_;
  engine::Parameters<float> parameters_;
};

/// How the agent's scores become a slate.
enum class SlateRule {
  draw,  ///< drawn from the Plackett-Luce distribution of the scores
  best,  ///< the highest scores, its most probable slate
};

/// The agent as a policy.
class AgentPolicy final : public Policy {
 public:
  AgentPolicy(std::shared_ptr<const AgentModel> model, SlateRule rule) : model_(std::move(model)), rule_(rule) {}

  std::string name() const override { return "agent"; }
  /// Throws ShapeError for sessions whose items have another number of topics than it was trained for.
  void choose(const SessionBatch& sessions, engine::MatrixSpan<Position> slates) const override;
  void laws(const SessionBatch& sessions, std::span<SlateLaw> laws) const override;

 private:
  std::shared_ptr<const AgentModel> model_;
  SlateRule rule_;
};

}  // namespace infodiet::rl
