#include "tools/commands/train_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "recsys/errors.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "tools/terminal/progress.hpp"

namespace infodiet::tools {

Session::Session(recsys::Database& db, engine::ThreadPool& pool, TrainingTask task, const Console& console)
    : db_(db), pool_(pool), task_(std::move(task)), console_(console) {
  start_member();
}

void Session::start_member() {
  run_.reset();  // of several processes only one run may exist
  identity_ = task_.identity;
  identity_.training.seed += member();
  if (member() > 0) identity_.checkpoint += fmt::format("/{}", member() + 1);
  recsys::RunOptions options = task_.options;
  options.trained = member();
  if (!task_.epochs.empty()) options.epochs = task_.epochs[member()];
  run_ = std::make_unique<recsys::TrainingRun>(pool_, task_.data, identity_.holdout, identity_.config,
                                               identity_.training, options);
  run_->learn_features(task_.features);
  if (task_.start) run_->start_from(task_.start->members()[member()]->weights());
}

void Session::restore_member() {
  if (const std::optional<double> before = restore_attention_checkpoint(db_, identity_, *run_)) {
    seconds_before_ = *before;
    task_.identity.forgotten_users = std::max(task_.identity.forgotten_users, identity_.forgotten_users);
    console_.note(fmt::format("resuming after epoch {}", run_->epochs().size()));
  } else if (member() == 0) {
    console_.note("there is no interrupted training to resume: starting over");
  }
}

Ending Session::train() {
  if (task_.publishes) {
    parts_ = recsys::make_blend_parts(run_->training_data(), identity_.training, task_.features.attributes);
    if (!parts_.without.empty()) console_.note(parts_.without);
  }
  const InterruptFlag interrupt;
  while (true) {
    if (task_.publishes && task_.identity.members > 1) {
      console_.note(
          fmt::format("member {} of {}, seed {}", member() + 1, task_.identity.members, identity_.training.seed));
    }
    if (task_.resumes) restore_member();
    const Ending ending = train_member(interrupt);
    if (!task_.publishes || task_.identity.members == 1 || ending != Ending::finished) return ending;
    trained_.push_back(run_->member());
    if (member() == task_.identity.members) return ending;
    start_member();
  }
}

Ending Session::train_member(const InterruptFlag& interrupt) {
  while (!run_->finished()) {
    Progress progress(console_, fmt::format("epoch {}", run_->epochs().size() + 1), run_->steps_per_epoch());
    const auto stop = [&] { return interrupt.raised() || out_of_time(); };
    const bool whole = run_->run_epoch(
        [&](std::size_t step, double loss) {
          progress.update(step, fmt::format("loss {:.4f}{}", loss, best_so_far()));
          return !stop();
        },
        stop);
    if (!whole) return interrupt.raised() ? Ending::interrupted : Ending::out_of_time;
    save_checkpoint();
    progress.milestone(epoch_line());
  }
  return Ending::finished;
}

bool Session::out_of_time() const {
  const std::chrono::duration<double> used = Clock::now() - task_.begin;
  return task_.minutes && used.count() > *task_.minutes * 60;
}

// A failed checkpoint must not end the training.
void Session::save_checkpoint() {
  try {
    const bool kept = recsys::save_attention_checkpoint(db_, identity_, *run_, seconds());
    if (kept == resumable_) return;
    resumable_ = kept;
    console_.note(
        "somebody was forgotten since this training read the data: it cannot be resumed, and its model will be "
        "marked as trained on them; train again afterwards");
  } catch (const recsys::SqliteError& error) {
    console_.note(fmt::format("no checkpoint of this epoch, tried again after the next: {}", error.what()));
  }
}

std::string Session::best_so_far() const {
  if (!run_->has_validation() || !run_->has_best()) return {};
  return fmt::format("  best NDCG@10 {:.4f}", run_->best_result().ndcg_at_10);
}

std::string Session::epoch_line() const {
  const recsys::EpochResult& last = run_->epochs().back();
  const std::string head = fmt::format("epoch {:3}  loss {:.4f}", run_->epochs().size(), last.loss);
  const std::string tail = fmt::format("  {:.0f} s", seconds());
  if (!run_->has_validation()) return head + tail;
  return fmt::format("{}  validation NDCG@10 {:.4f}  HR@10 {:.4f}{}{}", head, last.ndcg_at_10, last.hit_rate_at_10,
                     run_->best_epoch() == run_->epochs().size() ? "  best" : "", tail);
}

std::vector<recsys::Course> Session::courses() const {
  std::vector<recsys::Course> courses;
  for (const recsys::Member& member : trained_) courses.push_back(member.course);
  if (courses.empty()) courses.push_back(run_->course());
  return courses;
}

const Outcome& Session::publish(Ending ending) {
  recsys::Publication& what = outcome_.publication;
  what.members = trained_;
  if (const auto chosen = run_->choose_blend(recsys::models_of(trained_), parts_.models)) {
    what.blend = chosen->blend;
    what.blended = chosen->validation;
  } else {
    what.blend = recsys::blend_of(task_.blend, parts_.models);
  }
  what.seconds = seconds();
  outcome_.replacement = recsys::compare_with_published(db_, task_.data, task_.identity, *run_, what);
  what.replaces = outcome_.replacement.replaces;
  recsys::Transaction transaction(db_);
  outcome_.id = recsys::publish_attention_model(db_, task_.identity, *run_, what);
  if (ending == Ending::finished && !task_.keeps_checkpoints) {
    recsys::delete_checkpoint(db_, recsys::attention_model);
  }
  transaction.commit();
  return outcome_;
}

}  // namespace infodiet::tools
