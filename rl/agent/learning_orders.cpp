#include "rl/agent/learning_orders.hpp"

#include <memory>
#include <type_traits>

#include "engine/distributed/packed.hpp"
#include "rl/environments/registry.hpp"

namespace infodiet::rl {

namespace {

using engine::Packed;
using engine::Traffic;

constexpr std::string_view begin_order = "begin learning";
constexpr std::string_view restore_order = "restore agent";

static_assert(std::is_trivially_copyable_v<AgentConfig> && std::is_trivially_copyable_v<AgentTraining> &&
              std::is_trivially_copyable_v<AgentTrainer::Course>);

void add_moments(Packed& packed, const engine::AdamW<float>::State& moments) {
  packed.add_all(moments.first);
  packed.add_all(moments.second);
  packed.add_value(moments.steps);
}

engine::AdamW<float>::State take_moments(Packed& packed) {
  engine::AdamW<float>::State moments;
  moments.first = packed.take_all<engine::Buffer<float>>();
  moments.second = packed.take_all<engine::Buffer<float>>();
  moments.steps = packed.take_value<std::uint64_t>();
  return moments;
}

// `parameters` has the right size already.
void take_parameters(Packed& packed, engine::Parameters<float>& parameters) {
  const auto values = packed.take_all<std::vector<float>>();
  std::copy(values.begin(), values.end(), parameters.flat().begin());
}

void add_forecast(Packed& packed, const Forecast::State& state) {
  packed.add(state.parameters.flat());
  packed.add(state.averaged.flat());
  add_moments(packed, state.moments);
  packed.add_all(state.scale.means);
  packed.add_value(state.scale.size);
  packed.add_all(state.past.states);
  packed.add_all(state.past.items);
  packed.add_all(state.past.seen);
}

Forecast::State take_forecast(Packed& packed, const Forecast& forecast) {
  Forecast::State state;
  state.parameters = state.averaged = engine::Parameters<float>(forecast.layout());
  take_parameters(packed, state.parameters);
  take_parameters(packed, state.averaged);
  state.moments = take_moments(packed);
  state.scale.means = packed.take_all<std::vector<double>>();
  state.scale.size = packed.take_value<double>();
  state.past.states = packed.take_all<std::vector<float>>();
  state.past.items = packed.take_all<std::vector<float>>();
  state.past.seen = packed.take_all<std::vector<float>>();
  return state;
}

void add_earnings(Packed& packed, const RewardForecast::State& state) {
  add_forecast(packed, state.network);
  packed.add_all(state.products);
  packed.add_all(state.logarithms.products);
  packed.add_value(state.logarithms.factor);
  packed.add_value(state.logarithms.largest);
  packed.add_value(state.shares);
}

RewardForecast::State take_earnings(Packed& packed, const RewardForecast& earnings) {
  RewardForecast::State state;
  state.network = take_forecast(packed, earnings.network());
  state.products = packed.take_all<std::vector<double>>();
  state.logarithms.products = packed.take_all<std::vector<double>>();
  state.logarithms.factor = packed.take_value<BestShare>();
  state.logarithms.largest = packed.take_value<double>();
  state.shares = packed.take_value<RewardForecast::Shares>();
  return state;
}

void add_users(Packed& packed, const UserLearning::State& state) {
  add_moments(packed, state.moments);
  packed.add_all(state.past.events);
  packed.add_all(state.past.shown);
  packed.add_all(state.past.outcomes);
}

UserLearning::State take_users(Packed& packed) {
  UserLearning::State state;
  state.moments = take_moments(packed);
  state.past.events = packed.take_all<std::vector<float>>();
  state.past.shown = packed.take_all<std::vector<float>>();
  state.past.outcomes = packed.take_all<std::vector<float>>();
  return state;
}

// Of a process other than 0.
struct Learner {
  std::unique_ptr<Environment> environment;
  std::unique_ptr<AgentTrainer> trainer;

  void begin(engine::Communicator& processes, engine::ThreadPool& pool) {
    Packed packed = Packed::receive(processes, Traffic::orders, 0);
    const auto config = packed.take_value<AgentConfig>();
    const auto training = packed.take_value<AgentTraining>();
    LearningJob job{.processes = processes, .environment = packed.take_all<std::string>()};
    job.settings = packed.take_texts();
    environment = make_environment(job.environment, job.settings);
    trainer = std::make_unique<AgentTrainer>(pool, *environment, config, training, job);
  }

  void restore(engine::Communicator& processes) const {
    Packed packed = Packed::receive(processes, Traffic::models, 0);
    AgentTrainer::State state;
    state.parameters = engine::Parameters<float>(trainer->model().layout());
    take_parameters(packed, state.parameters);
    state.moments = take_moments(packed);
    state.users = take_users(packed);
    state.worth = take_forecast(packed, trainer->worth());
    state.earnings = take_earnings(packed, trainer->earnings());
    state.luck = packed.take_all<std::vector<double>>();
    state.course = packed.take_value<AgentTrainer::Course>();
    trainer->restore(std::move(state));
  }
};

}  // namespace

void begin_learning(engine::Communicator& processes, const AgentConfig& config, const AgentTraining& training,
                    const LearningJob& job) {
  if (processes.is_alone()) return;
  engine::give_order(processes, begin_order);
  Packed packed;
  packed.add_value(config);
  packed.add_value(training);
  packed.add_all(job.environment);
  packed.add_texts(job.settings);
  packed.send_to_others(processes, Traffic::orders);
}

void share_state(engine::Communicator& processes, const AgentTrainer::State& state) {
  if (processes.is_alone()) return;
  engine::give_order(processes, restore_order);
  Packed packed;
  packed.add(state.parameters.flat());
  add_moments(packed, state.moments);
  add_users(packed, state.users);
  add_forecast(packed, state.worth);
  add_earnings(packed, state.earnings);
  packed.add_all(state.luck);
  packed.add_value(state.course);
  packed.send_to_others(processes, Traffic::models);
}

void help_learning(engine::Orders& orders) {
  const auto learner = std::make_shared<Learner>();
  orders.add(begin_order,
             [learner](engine::Communicator& processes, engine::ThreadPool& pool) { learner->begin(processes, pool); });
  orders.add(update_order, [learner](engine::Communicator&, engine::ThreadPool&) { learner->trainer->update(); });
  orders.add(restore_order,
             [learner](engine::Communicator& processes, engine::ThreadPool&) { learner->restore(processes); });
  orders.add(end_learning, [learner](engine::Communicator&, engine::ThreadPool&) { *learner = {}; });
}

}  // namespace infodiet::rl
