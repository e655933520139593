#include "rl/agent/model.hpp"

#include <algorithm>
#include <cmath>

#include "engine/shape.hpp"
#include "rl/agent/plackett_luce.hpp"

namespace infodiet::rl {

namespace {

std::optional<UserModel<float>> user_model_of(const AgentConfig& config, const AgentFeatures& features,
                                              engine::ParameterLayout& layout) {
  if (config.memory == UserMemory::no) return std::nullopt;
  return UserModel<float>(
      layout, {.event_features = features.event_size(), .item_features = features.offer_size(), .width = config.width});
}

}  // namespace

AgentModel::AgentModel(const AgentConfig& config, std::uint64_t seed)
    : config_(config),
      features_(config.topics, config.scores, config.sums),
      network_(layout_,
               {.event_features = features_.event_size(),
                .candidate_features = features_.candidate_size(),
                .state_features = features_.state_size() + (config.memory == UserMemory::yes ? config.width : 0),
                .width = config.width,
                .heads = config.heads}),
      network_size_(layout_.size()),
      user_(user_model_of(config, features_, layout_)),
      parameters_(engine::initialise<float>(layout_, seed)) {}

void AgentModel::score(const Observation& observation, Scratch& scratch, std::span<double> scores) const {
  const std::size_t tokens = observation.step + 1;
  scratch.events.resize({tokens, features_.event_size()});
  for (std::size_t t = 0; t < tokens; ++t) {
    features_.of_event(observation, t, {&scratch.events(t, 0), features_.event_size()});
  }
  scratch.candidates.resize({observation.candidates.size(), features_.candidate_size()});
  scratch.states.resize({1, state_size()});
  const std::span<float> state(scratch.states.data(), features_.state_size());
  features_.of_state(observation, state);
  features_.of_candidates(observation, state, {scratch.candidates.data(), scratch.candidates.size()});
  if (user_) {
    user_->remember({parameters_, scratch.workspace}, scratch.events, tokens, scratch.user_cache, scratch.hidden);
    std::copy_n(&scratch.hidden(tokens - 1, 0), user_->width(), scratch.states.data() + features_.state_size());
  }
  network_.remember(parameters_, scratch.events, scratch.event_cache, scratch.memory);
  const Decisions next{.sessions = 1,
                       .first_step = observation.step,
                       .steps = 1,
                       .candidates = observation.candidates.size(),
                       .memory_steps = tokens};
  network_.score({parameters_, scratch.workspace}, {next, scratch.memory, scratch.candidates, scratch.states},
                 scratch.score_cache, scratch.scores);
  std::copy(scratch.scores.begin(), scratch.scores.end(), scores.begin());
}

void AgentPolicy::choose(const SessionBatch& sessions, engine::MatrixSpan<Position> slates) const {
  engine::require_size(sessions.shape().topics, model_->config().topics, "agent", "the number of topics",
                       "was it trained in another environment?");
  AgentModel::Scratch scratch;
  Observation observation;
  std::vector<double> scores(sessions.shape().candidates);
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    sessions.observe(i, observation);
    model_->score(observation, scratch, scores);
    const std::span<Position> slate(slates.row(i), slates.cols);
    if (rule_ == SlateRule::best) {
      highest(scores, slate);
    } else {
      engine::RandomStream stream = sessions.policy_stream(i);
      sample_slate(scores, stream, slate);
    }
  }
}

void AgentPolicy::laws(const SessionBatch& sessions, std::span<SlateLaw> laws) const {
  if (rule_ == SlateRule::best) return Policy::laws(sessions, laws);
  AgentModel::Scratch scratch;
  Observation observation;
  for (std::size_t i = 0; i < laws.size(); ++i) {
    sessions.observe(i, observation);
    laws[i] = {.candidates = observation.candidates.size(), .draw = 1};
    laws[i].weights.resize(laws[i].candidates);
    model_->score(observation, scratch, laws[i].weights);
    const double largest = *std::max_element(laws[i].weights.begin(), laws[i].weights.end());
    for (double& weight : laws[i].weights) weight = std::exp(weight - largest);
  }
}

}  // namespace infodiet::rl
