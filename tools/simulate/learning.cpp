#include "tools/simulate/learning.hpp"

#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <numeric>

#include "tools/cli/errors.hpp"
#include "tools/terminal/interrupt.hpp"
#include "tools/terminal/progress.hpp"

namespace infodiet::tools {

namespace {

constexpr std::size_t milestone_updates = 50;

// Restores the trainer to the checkpoint, if there is one.
rl::AgentProgress progress_before(const recsys::Database& db, rl::AgentSpec& identity, rl::AgentTrainer& trainer,
                                  const Console& console) {
  if (auto before = rl::restore_agent_checkpoint(db, identity, trainer)) {
    console.note(fmt::format("resuming after update {}", before->curve.size()));
    return std::move(*before);
  }
  console.note("there is no interrupted training to resume: starting over");
  return {};
}

}  // namespace

LearnedAgent learn_agent(const Stage& stage, const LearningOptions& options, engine::ThreadPool& pool,
                         const Console& console) {
  using Clock = std::chrono::steady_clock;
  rl::AgentSpec identity = stage.agent(options.training);
  const bool keeps = options.db != nullptr && options.publish;
  rl::LearningJob job{.processes = options.processes, .environment = stage.name, .settings = stage.settings};
  rl::AgentTrainer trainer(pool, *stage.environment, identity.config, options.training,
                           stage.world == nullptr ? job : rl::LearningJob{});
  rl::AgentProgress progress;
  if (options.resume && keeps) progress = progress_before(*options.db, identity, trainer, console);
  const double seconds_before = progress.seconds;
  const auto start = Clock::now();
  const std::clock_t cpu_start = std::clock();
  const auto seconds = [&] { return seconds_before + std::chrono::duration<double>(Clock::now() - start).count(); };
  const auto recent_return = [&] {
    const std::size_t count = std::min(progress.curve.size(), milestone_updates);
    return std::accumulate(progress.curve.end() - static_cast<std::ptrdiff_t>(count), progress.curve.end(), 0.0) /
           static_cast<double>(count);
  };

  // A checkpoint holds the remembered sessions, up to some hundred megabytes: storing takes a small share of the time.
  constexpr double most_storing = 0.05;
  double stored_at = seconds();
  double storing = 0;
  const auto store = [&] {
    progress.seconds = seconds();
    const bool kept = keeps && rl::save_agent_checkpoint(*options.db, identity, trainer, progress);
    stored_at = seconds();
    storing = stored_at - progress.seconds;
    return kept;
  };

  const InterruptFlag interrupt;
  Progress bar(console, "learning", options.training.updates);
  while (!trainer.finished()) {
    progress.curve.push_back(trainer.update().mean_return);
    bar.update(progress.curve.size(), fmt::format("return {:.3f}", recent_return()));
    const bool milestone = progress.curve.size() % milestone_updates == 0;
    if (milestone && options.publish) {
      bar.milestone(
          fmt::format("update {:4}  return {:.3f}  {:.0f} s", progress.curve.size(), recent_return(), seconds()));
    }
    if (interrupt.raised()) {
      throw Interrupted(store() ? "interrupted: 'infodiet simulate --learn --resume' with the same options continues"
                                : "interrupted: nothing was kept");
    }
    if (milestone && !trainer.finished() && storing <= most_storing * (seconds() - stored_at)) store();
  }
  progress.seconds = seconds();
  if (keeps) rl::publish_agent(*options.db, identity, trainer, progress);
  return {.model = std::make_shared<const rl::AgentModel>(trainer.model()),
          .progress = std::move(progress),
          .cpu_seconds = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC};
}

}  // namespace infodiet::tools
