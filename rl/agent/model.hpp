// A trained agent: its inputs, network and weights. rl/agent/trainer.hpp trains it, rl/agent/model_file.hpp stores it.
#pragma once

#include <memory>
#include <optional>

#include "rl/agent/features.hpp"
#include "rl/agent/network.hpp"
#include "rl/agent/user_model.hpp"
#include "rl/policy.hpp"

namespace infodiet::rl {

/// Whether the agent has a user model. Agents stored by earlier versions have none.
enum class UserMemory : bool { no, yes };

/// What determines an agent's inputs and network.
struct AgentConfig {
  std::size_t topics = 0;  ///< of the environment
  ScoreInput scores = ScoreInput::hidden;
  std::size_t width = 32;
  std::size_t heads = 2;
  SessionSums sums = SessionSums::yes;
  UserMemory memory = UserMemory::yes;
};

/// An agent with its weights.
class AgentModel {
 public:
  /// With initial weights from `seed`.
  AgentModel(const AgentConfig& config, std::uint64_t seed);

  const AgentConfig& config() const { return config_; }
  const AgentFeatures& features() const { return features_; }
  const engine::ParameterLayout& layout() const { return layout_; }
  const AgentNetwork<float>& network() const { return network_; }
  /// Null if it has none. Its parameters come after the network's.
  const UserModel<float>* user() const { return user_ ? &*user_ : nullptr; }
  /// Number of the network's parameters.
  std::size_t network_size() const { return network_size_; }
  /// Fs of the network: the features of a state, then the user model's vector.
  std::size_t state_size() const { return network_.options().state_features; }
  const engine::Parameters<float>& parameters() const { return parameters_; }
  engine::Parameters<float>& parameters() { return parameters_; }

  /// Reusable buffers of `score`.
  struct Scratch {
    engine::Matrix<float> events;
    engine::Matrix<float> candidates;
    engine::Matrix<float> states;
    engine::Matrix<float> memory;
    engine::Matrix<float> scores;
    engine::Matrix<float> hidden;
    engine::Gru<float>::Cache user_cache;
    AgentNetwork<float>::EventCache event_cache;
    AgentNetwork<float>::ScoreCache score_cache;
    engine::Workspace<float> workspace;
  };
  /// Writes scores (candidates) for the next decision of one session.
  void score(const Observation& observation, Scratch& scratch, std::span<double> scores) const;

 private:
  AgentConfig config_;
  AgentFeatures features_;
  engine::ParameterLayout layout_;
  AgentNetwork<float> network_;
  std::size_t network_size_;
  std::optional<UserModel<float>> user_;
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
