// An agent that several processes teach: the bits of one process, wherever it is resumed.
#include <gtest/gtest.h>

#include <vector>

#include "rl/agent/trainer.hpp"
#include "rl/environments/registry.hpp"
#include "tests/rl/agent/trainer_state.hpp"
#include "tests/support/job_of_threads.hpp"

namespace infodiet::rl {
namespace {

engine::Orders learning_orders() {
  engine::Orders all;
  help_learning(all);
  return all;
}

constexpr AgentTraining quick_training{.updates = 4, .people = 5, .sessions_each = 3, .width = 8};

struct Learned {
  std::vector<float> numbers;
  std::vector<double> curve;  // mean return and entropy of each update

  bool operator==(const Learned&) const = default;
};

// The updates left after `before`, if that is given; the state after `updates` of them goes to `halfway`.
Learned learn(const std::string& environment, std::size_t processes, const AgentTrainer::State* before = nullptr,
              AgentTrainer::State* halfway = nullptr) {
  Learned learned;
  const std::vector<std::string> settings =
      environment == "drift" ? std::vector<std::string>{"breadth=0.5"} : std::vector<std::string>{};
  const auto world = make_environment(environment, settings);
  test::JobOfThreads(processes).run(learning_orders, [&](engine::Communicator& job) {
    engine::ThreadPool pool(1);
    AgentTrainer trainer(pool, *world, {.topics = world->shape().topics, .width = quick_training.width}, quick_training,
                         {.processes = job, .environment = environment, .settings = settings});
    if (before != nullptr) trainer.restore(*before);
    while (!trainer.finished()) {
      const AgentUpdate update = trainer.update();
      learned.curve.insert(learned.curve.end(), {update.mean_return, update.entropy});
      if (halfway != nullptr && trainer.updates() == quick_training.updates / 2) *halfway = test::state_of(trainer);
    }
    const auto numbers = trainer.model().parameters().flat();
    learned.numbers.assign(numbers.begin(), numbers.end());
  });
  return learned;
}

TEST(LearningJob, HasTheBitsOfOneProcess) {
  const Learned one = learn("exploration", 1);
  for (const std::size_t processes : {2U, 3U, 8U, 9U, 17U})
    EXPECT_EQ(learn("exploration", processes), one) << processes;
  EXPECT_EQ(learn("drift", 4), learn("drift", 1));
}

TEST(LearningJob, ResumesWithAnotherNumberOfProcesses) {
  AgentTrainer::State halfway;
  const Learned whole = learn("exploration", 4, nullptr, &halfway);
  for (const std::size_t processes : {1U, 2U}) {
    const Learned resumed = learn("exploration", processes, &halfway);
    EXPECT_EQ(resumed.numbers, whole.numbers) << processes;
    EXPECT_EQ(resumed.curve, std::vector<double>(whole.curve.begin() + quick_training.updates, whole.curve.end()));
  }
}

}  // namespace
}  // namespace infodiet::rl
