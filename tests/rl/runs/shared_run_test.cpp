// Rollouts by several processes: the returns, diets and stored rows of one process.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rl/environments/registry.hpp"
#include "rl/policies/exploring.hpp"
#include "rl/policies/registry.hpp"
#include "rl/runs/shared_run.hpp"
#include "tests/support/job_of_threads.hpp"

namespace infodiet::rl {
namespace {

engine::Orders run_orders() {
  engine::Orders all;
  help_running(all);
  return all;
}

struct RunOutcome {
  std::vector<double> returns;
  std::vector<std::optional<double>> diets;  // every session's numbers
  std::optional<double> fragmentation;
  std::optional<double> taste;
  std::string sessions;  // as stored
  std::string steps;

  bool operator==(const RunOutcome&) const = default;
};

std::string stored(const recsys::Database& db, const std::string& query) {
  recsys::Statement statement = db.prepare(query);
  std::string text;
  while (statement.step()) text += std::string(statement.text(0)) + '\n';
  return text;
}

// Policies one after the other, so that others keep their environment.
RunOutcome run(const std::string& name, const SessionPlan& plan, std::size_t processes, double explore = 0,
               const std::vector<std::string>& policies = {"random", "greedy", ""}) {
  recsys::Database db = recsys::Database::in_memory();
  const std::unique_ptr<Environment> environment = make_environment(name, {});
  const bool is_solved = std::count(policies.begin(), policies.end(), "optimum") > 0;
  const std::shared_ptr<const Optimum> optimum = is_solved ? environment->solve() : nullptr;
  RunOutcome result;
  test::JobOfThreads(processes).run(run_orders, [&](engine::Communicator& job) {
    engine::ThreadPool pool(1);
    RunWriter writer(
        db, {.command = "", .configuration = "{}", .seed = 1, .environment = name, .policies = "[]", .reward = "null"},
        Keep::samples, {});
    for (const std::string& policy_name : policies) {
      const auto agent = std::make_shared<const AgentModel>(AgentConfig{.topics = environment->shape().topics}, 3);
      std::shared_ptr<const Policy> policy = policy_name.empty()
                                                 ? std::make_shared<AgentPolicy>(agent, SlateRule::best)
                                                 : make_policy(policy_name, {*environment, optimum.get(), pool});
      if (explore > 0) policy = std::make_shared<ExploringPolicy>(policy, explore);
      DietRecorder diet(plan);
      writer.begin_policy(policy_name);
      const std::vector<double> returns = simulate_together({.processes = job,
                                                             .environment = name,
                                                             .settings = {},
                                                             .policy = policy_name,
                                                             .agent = agent,
                                                             .explore = explore},
                                                            *environment, *policy, plan, pool, {diet, &writer});
      result.returns.insert(result.returns.end(), returns.begin(), returns.end());
      for (std::size_t i = 0; i < plan.count; ++i) {
        for (std::size_t m = 0; m < diet_metrics().size(); ++m) result.diets.push_back(diet.value(i, m));
      }
      result.fragmentation = diet.consumed_fragmentation();
      if (const auto taste = diet.taste_on_the_way()) result.taste = taste->estimate.mean;
    }
    writer.finish("{}");
  });
  result.sessions = stored(db, "SELECT policy || number || ' ' || total_reward FROM sessions ORDER BY id");
  result.steps = stored(db, "SELECT session_id || ' ' || step || shown || reward FROM steps ORDER BY session_id, step");
  return result;
}

TEST(SharedRun, HasTheBitsOfOneProcess) {
  const SessionPlan plan{.seed = 5, .first = 40, .count = 500, .sessions_each = 2};
  for (const std::string name : {"choc-kale", "drift"}) {
    const RunOutcome one = run(name, plan, 1);
    ASSERT_EQ(one.returns.size(), 3 * plan.count);
    for (const std::size_t processes : {2U, 3U, 8U}) {
      EXPECT_TRUE(run(name, plan, processes) == one) << name << " with " << processes;
    }
  }
  EXPECT_TRUE(run("drift", plan, 4, 0.3) == run("drift", plan, 1, 0.3));
}

TEST(SharedRun, SolvesTheEnvironmentWhereAPolicyNeedsIt) {
  const SessionPlan plan{.count = 300};
  const std::vector<std::string> policies{"optimum"};
  EXPECT_TRUE(run("exploration", plan, 2, 0, policies) == run("exploration", plan, 1, 0, policies));
}

TEST(SharedRun, LeavesFewSessionsToProcessZero) {
  const SessionPlan plan{.count = 7};
  EXPECT_TRUE(run("choc-kale", plan, 8) == run("choc-kale", plan, 1));
}

}  // namespace
}  // namespace infodiet::rl
