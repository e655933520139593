#include "rl/runs/shared_run.hpp"

#include <algorithm>

#include "engine/distributed/packed.hpp"
#include "rl/environments/registry.hpp"
#include "rl/policies/exploring.hpp"
#include "rl/policies/registry.hpp"

namespace infodiet::rl {

namespace {

using engine::Packed;
using engine::Traffic;

constexpr std::string_view run_order = "run sessions";

// Both kinds of recorders at once.
class Both final : public Recorder {
 public:
  Both(Recorder& digesting, Recorder* recording) : digesting_(digesting), recording_(recording) {}
  void digest(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes) override {
    digesting_.digest(sessions, outcomes);
  }
  void record(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes) override {
    if (recording_ != nullptr) recording_->record(sessions, outcomes);
  }

 private:
  Recorder& digesting_;
  Recorder* recording_;
};

// The sums of rewards as drawn, which a run stores.
class Totals final : public Recorder {
 public:
  void record(const SessionBatch& sessions, engine::MatrixSpan<const Outcome> outcomes) override {
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      double total = 0;
      for (std::size_t t = 0; t < outcomes.rows; ++t) total += outcomes.row(t)[i].reward;
      totals.push_back(total);
    }
  }

  std::vector<double> totals;
};

// The sessions of one process: whole people. Those whose steps are kept as samples are process 0's.
SessionPlan part_of(const SessionPlan& plan, std::size_t processes, std::size_t process) {
  const std::size_t people = plan.count / plan.sessions_each;
  const std::size_t sampled = (sampled_sessions + plan.sessions_each - 1) / plan.sessions_each;
  const std::size_t of_first = std::min(people, std::max(people / processes, sampled));
  engine::Range own{0, of_first};
  if (process > 0) {
    const engine::Range part = engine::part_of(people - of_first, processes - 1, process - 1);
    own = {of_first + part.begin, of_first + part.end};
  }
  SessionPlan part = plan;
  part.first = plan.first + static_cast<std::uint32_t>(own.begin * plan.sessions_each);
  part.count = (own.end - own.begin) * plan.sessions_each;
  return part;
}

Packed pack(const RunJob& job, const SessionPlan& part) {
  Packed packed;
  packed.add_value(part);
  packed.add_all(job.environment);
  packed.add_texts(job.settings);
  packed.add_value(job.explore);
  packed.add_all(job.policy);
  if (job.policy.empty()) {
    packed.add_value(job.agent->config());
    packed.add(job.agent->parameters().flat());
  }
  return packed;
}

// Of a process other than 0: environment and optimum are kept for the next policy.
class Runner {
 public:
  void run(engine::Communicator& processes, engine::ThreadPool& pool) {
    Packed packed = Packed::receive(processes, Traffic::orders, 0);
    const auto plan = packed.take_value<SessionPlan>();
    make_environment_of(packed);
    const double explore = packed.take_value<double>();
    std::shared_ptr<const Policy> policy = policy_of(packed, pool);
    if (explore > 0) policy = std::make_shared<ExploringPolicy>(policy, explore);
    DietRecorder diet(plan);
    Totals totals;
    Both both(diet, &totals);
    std::vector<double> returns;
    if (plan.count > 0) returns = simulate(*environment_, *policy, plan, pool, &both);
    Packed answer;
    answer.add_all(returns);
    answer.add_all(totals.totals);
    diet.pack(answer);
    answer.send(processes, Traffic::results, 0);
  }

 private:
  void make_environment_of(Packed& packed) {
    const auto name = packed.take_all<std::string>();
    const std::vector<std::string> settings = packed.take_texts();
    if (environment_ && name == name_ && settings == settings_) return;
    environment_ = make_environment(name, settings);
    optimum_ = nullptr;
    name_ = name;
    settings_ = settings;
  }

  std::shared_ptr<const Policy> policy_of(Packed& packed, engine::ThreadPool& pool) {
    const auto name = packed.take_all<std::string>();
    if (!name.empty()) {
      // It may take seconds, and few policies need it.
      if (policy_obstacle(name, {*environment_, optimum_.get(), pool})) optimum_ = environment_->solve();
      return make_policy(name, {*environment_, optimum_.get(), pool});
    }
    auto model = std::make_shared<AgentModel>(packed.take_value<AgentConfig>(), 0);
    const auto numbers = packed.take_all<std::vector<float>>();
    std::copy(numbers.begin(), numbers.end(), model->parameters().flat().begin());
    return std::make_shared<AgentPolicy>(std::move(model), SlateRule::best);
  }

  std::string name_;
  std::vector<std::string> settings_;
  std::unique_ptr<Environment> environment_;
  std::shared_ptr<const Optimum> optimum_;
};

}  // namespace

std::vector<double> simulate_together(const RunJob& job, const Environment& environment, const Policy& policy,
                                      const SessionPlan& plan, engine::ThreadPool& pool,
                                      const RunRecorders& recorders) {
  Both both(recorders.diet, recorders.writer);
  engine::Communicator& processes = job.processes;
  if (processes.is_alone()) return simulate(environment, policy, plan, pool, &both);
  return engine::together(processes, [&] {
    engine::give_order(processes, run_order);
    for (std::size_t p = 1; p < processes.size(); ++p) {
      pack(job, part_of(plan, processes.size(), p)).send(processes, Traffic::orders, p);
    }
    const SessionPlan own = part_of(plan, processes.size(), 0);
    std::vector<double> returns;
    if (own.count > 0) returns = simulate(environment, policy, own, pool, &both);
    for (std::size_t p = 1; p < processes.size(); ++p) {
      Packed answer = Packed::receive(processes, Traffic::results, p);
      const auto theirs = answer.take_all<std::vector<double>>();
      const auto totals = answer.take_all<std::vector<double>>();
      const std::uint32_t first = part_of(plan, processes.size(), p).first;
      recorders.diet.unpack(answer, first - plan.first, theirs.size());
      for (std::size_t i = 0; recorders.writer != nullptr && i < totals.size(); ++i) {
        recorders.writer->add_session(first + static_cast<std::uint32_t>(i), std::nullopt, totals[i]);
      }
      returns.insert(returns.end(), theirs.begin(), theirs.end());
    }
    return returns;
  });
}

void help_running(engine::Orders& orders) {
  const auto runner = std::make_shared<Runner>();
  orders.add(run_order,
             [runner](engine::Communicator& processes, engine::ThreadPool& pool) { runner->run(processes, pool); });
}

}  // namespace infodiet::rl
