// What `train` does with the file while it trains: runs one after the other, a checkpoint after each epoch, and in the
// end a model.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recsys/attention/blend_parts.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/attention/training.hpp"
#include "tools/terminal/console.hpp"
#include "tools/terminal/interrupt.hpp"

namespace infodiet::tools {

/// Why training ended.
enum class Ending { finished, interrupted, out_of_time };

/// What was stored.
struct Outcome {
  std::int64_t id = 0;
  recsys::Publication publication = {};
  recsys::Replacement replacement = {};
};

/// What to train.
struct TrainingTask {
  const recsys::Dataset& data;
  const recsys::ItemFeatures& features;
  recsys::RunIdentity identity;  ///< of the first member; those after it have the next seeds
  recsys::RunOptions options;
  /// What the members start from, instead of fresh weights.
  std::shared_ptr<const recsys::BlendedModel> start = nullptr;
  recsys::BlendRecord blend = {};        ///< kept if nothing is held out to choose one
  std::vector<std::size_t> epochs = {};  ///< of each member, or none: those of the settings
  bool resumes = false;                  ///< from checkpoints, where there are any
  bool publishes = true;                 ///< whether a model is stored in the end; if not, only one member is trained
  bool keeps_checkpoints = false;        ///< also once a model is stored
  std::optional<double> minutes = {};    ///< at most
  std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();  ///< from when on they count
};

/// Trains the members of a model.
class Session {
  using Clock = std::chrono::steady_clock;

 public:
  /// What the task and the others refer to must outlive it.
  Session(recsys::Database& db, engine::ThreadPool& pool, TrainingTask task, const Console& console);

  /// The run of the current member.
  const recsys::TrainingRun& run() const { return *run_; }
  const TrainingTask& task() const { return task_; }

  /// Runs epochs until all members are trained, Ctrl-C, or out of time; saves a checkpoint after each.
  Ending train();

  /// Whether there is something to publish: of a member that is not finished only if it is the first.
  bool has_model() const { return !trained_.empty() || (!run_->epochs().empty() && run_->has_best()); }
  /// How the members that make up the model were trained.
  std::vector<recsys::Course> courses() const;
  /// Trained, those before it was resumed included.
  double seconds() const { return seconds_before_ + std::chrono::duration<double>(Clock::now() - start_).count(); }

  /// Stores the model, and publishes it if it replaces the published one.
  const Outcome& publish(Ending ending);

 private:
  std::size_t member() const { return trained_.size(); }
  void start_member();
  void restore_member();
  Ending train_member(const InterruptFlag& interrupt);
  void save_checkpoint();
  bool out_of_time() const;
  std::string best_so_far() const;
  std::string epoch_line() const;

  recsys::Database& db_;
  engine::ThreadPool& pool_;
  TrainingTask task_;
  const Console& console_;
  const Clock::time_point start_ = Clock::now();
  recsys::RunIdentity identity_;  // of the current member
  std::unique_ptr<recsys::TrainingRun> run_;
  recsys::BlendParts parts_;
  std::vector<recsys::Member> trained_;
  double seconds_before_ = 0;
  bool resumable_ = true;
  Outcome outcome_;
};

}  // namespace infodiet::tools
