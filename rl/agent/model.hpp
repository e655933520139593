// A trained agent: its inputs, network and weights. rl/agent/trainer.hpp trains it, rl/agent/model_file.hpp stores it.
#pragma once

#include <memory>

#include "rl/agent/features.hpp"
#include "rl/agent/network.hpp"
#include "rl/policy.hpp"

namespace infodiet::rl {

/// What determines an agent's inputs and network.
struct AgentConfig {
  std::size_t topics = 0;  ///< of the environment
  ScoreInput scores = ScoreInput::hidden;
  std::size_t width = 32;
  std::size_t heads = 2;
  SessionSums sums = SessionSums::yes;
};

/// An agent with its weights.
class AgentModel {
 public:
  /// With initial weights from `seed`.
  AgentModel(const AgentConfig& config, std::uint64_t seed);

  const AgentConfig& config() const { return config_; }
  const AgentFeatures& features() const { return features_; }
  const AgentNetwork<float>& network() const { return network_; }
  const engine::Parameters<float>& parameters() const { return parameters_; }
  engine::Parameters<float>& parameters() { return parameters_; }

  /// Reusable buffers of `score`.
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
  /// Writes scores (candidates) for the next decision of one session.
  void score(const Observation& observation, Scratch& scratch, std::span<double> scores) const;

 private:
  AgentConfig config_;
  AgentFeatures features_;
  AgentNetwork<float> network_;
  engine::Parameters<float> parameters_;
};

/// How the agent turns scores into a slate.
enum class SlateRule {
  draw,  ///< samples from the Plackett-Luce distribution of the scores
  best,  ///< takes the highest scores, the most probable slate
};

/// The agent as a policy.
class AgentPolicy final : public Policy {
 public:
  AgentPolicy(std::shared_ptr<const AgentModel> model, SlateRule rule) : model_(std::move(model)), rule_(rule) {}

  std::string name() const override { return "agent"; }
  /// Throws ShapeError for sessions whose number of topics differs from that in training.
  void choose(const SessionBatch& sessions, engine::MatrixSpan<Position> slates) const override;
  void laws(const SessionBatch& sessions, std::span<SlateLaw> laws) const override;

  const std::shared_ptr<const AgentModel>& model() const { return model_; }

 private:
  std::shared_ptr<const AgentModel> model_;
  SlateRule rule_;
};

}  // namespace infodiet::rl
