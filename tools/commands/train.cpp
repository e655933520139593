// `infodiet train`: trains the attention model and publishes it.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "recsys/attention/blend_parts.hpp"
#include "recsys/attention/defaults.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/attention/training.hpp"
#include "recsys/attention/training_spec.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/item_attributes.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/liked_option.hpp"
#include "tools/commands/commands.hpp"
#include "tools/terminal/interrupt.hpp"
#include "tools/terminal/progress.hpp"
#include "tools/terminal/spark.hpp"

namespace infodiet::tools {

namespace {

enum class Ending { finished, interrupted, out_of_time };

// What was stored.
struct Outcome {
  std::int64_t id = 0;
  recsys::Publication publication = {};
  recsys::Replacement replacement = {};
};

// Defaults for training that continues from the published model.
constexpr std::size_t continued_epochs = 10;
constexpr std::size_t continued_patience = 2;

class TrainCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  recsys::Holdout holdout() const;
  recsys::TrainingSpec settings(const recsys::Dataset& data, const std::optional<recsys::PublishedAttention>& published,
                                std::uint64_t seed) const;
  void note_start(const Console& console, const recsys::Dataset& data, const recsys::TrainingRun& run,
                  const recsys::TrainingSpec& settings) const;
  void require_an_epoch(const recsys::TrainingRun& run, Ending ending) const;

  std::string model_{recsys::attention_model};
  std::string holdout_ = "last";
  std::string repeats_;
  LikedOption liked_;
  std::optional<std::string> settings_;
  std::optional<std::size_t> epochs_;
  std::optional<double> max_minutes_;
  bool from_published_ = false;
  bool resume_ = false;
};

// Runs epochs until the run is finished, Ctrl-C, or out of time; saves a checkpoint after each.
class Session {
 public:
  Session(recsys::Database& db, recsys::RunIdentity& identity, recsys::TrainingRun& run, const Console& console)
      : db_(db), identity_(identity), run_(run), console_(console) {}

  /// Computes what the model will be blended with.
  void make_parts(const recsys::SparseRows& attributes) {
    parts_ = recsys::make_blend_parts(run_.training_data(), identity_.training, attributes);
    if (!parts_.without.empty()) console_.note(parts_.without);
  }

  void resume() {
    if (const std::optional<double> before = restore_attention_checkpoint(db_, identity_, run_)) {
      seconds_before_ = *before;
      console_.note(fmt::format("resuming after epoch {}", run_.epochs().size()));
    } else {
      console_.note("there is no interrupted training to resume: starting over");
    }
  }

  Ending train(std::optional<double> max_minutes) {
    const InterruptFlag interrupt;
    while (!run_.finished()) {
      Progress progress(console_, fmt::format("epoch {}", run_.epochs().size() + 1), run_.steps_per_epoch());
      const auto stop = [&] { return interrupt.raised() || (max_minutes && seconds_here() > *max_minutes * 60); };
      const bool whole = run_.run_epoch(
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

  /// Stores the best weights, and publishes them if they replace the published model. `published` is that model's
  /// blend, which is kept if nothing is held out to choose one.
  const Outcome& publish(const recsys::Dataset& data, Ending ending, const recsys::BlendRecord& published) {
    recsys::Publication& what = outcome_.publication;
    if (const auto chosen = run_.choose_blend(parts_.models)) {
      what.blend = chosen->blend;
      what.blended = chosen->validation;
    } else {
      what.blend = recsys::blend_of(published, parts_.models);
    }
    what.seconds = seconds();
    outcome_.replacement = recsys::compare_with_published(db_, data, identity_, run_, what);
    what.replaces = outcome_.replacement.replaces;
    recsys::Transaction transaction(db_);
    outcome_.id = recsys::publish_attention_model(db_, identity_, run_, what);
    if (ending == Ending::finished) recsys::delete_checkpoint(db_, recsys::attention_model);
    transaction.commit();
    return outcome_;
  }

  double seconds() const { return seconds_before_ + seconds_here(); }

 private:
  // A failed checkpoint must not end the training.
  void save_checkpoint() {
    try {
      const bool kept = recsys::save_attention_checkpoint(db_, identity_, run_, seconds());
      if (kept == resumable_) return;
      resumable_ = kept;
      console_.note(
          "somebody was forgotten since this training read the data: it cannot be resumed, and its model will be "
          "marked as trained on them; train again afterwards");
    } catch (const recsys::SqliteError& error) {
      console_.note(fmt::format("no checkpoint of this epoch, tried again after the next: {}", error.what()));
    }
  }

  using Clock = std::chrono::steady_clock;

  double seconds_here() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  std::string best_so_far() const {
    if (!run_.has_validation() || !run_.has_best()) return {};
    return fmt::format("  best NDCG@10 {:.4f}", run_.best_result().ndcg_at_10);
  }

  std::string epoch_line() const {
    const recsys::EpochResult& last = run_.epochs().back();
    const std::string head = fmt::format("epoch {:3}  loss {:.4f}", run_.epochs().size(), last.loss);
    const std::string tail = fmt::format("  {:.0f} s", seconds());
    if (!run_.has_validation()) return head + tail;
    return fmt::format("{}  validation NDCG@10 {:.4f}  HR@10 {:.4f}{}{}", head, last.ndcg_at_10, last.hit_rate_at_10,
                       run_.best_epoch() == run_.epochs().size() ? "  best" : "", tail);
  }

  recsys::Database& db_;
  recsys::RunIdentity& identity_;
  recsys::TrainingRun& run_;
  const Console& console_;
  const Clock::time_point start_ = Clock::now();
  recsys::BlendParts parts_;
  double seconds_before_ = 0;
  bool resumable_ = true;
  Outcome outcome_;
};

void require_interactions(const recsys::Dataset& data, const std::string& database) {
  if (!data.items.empty()) return;
  throw recsys::DataError(fmt::format(
      "{}: there are no interactions to train on; add some with 'infodiet import' or 'infodiet sample'", database));
}

// What the published model is blended with, or nothing.
std::string blend_text(const recsys::Publication& published) {
  if (published.blend.parts.empty()) return {};
  std::vector<std::string> parts;
  for (const recsys::BlendPart& part : published.blend.parts) {
    const std::string name = part.model->name();
    parts.push_back(fmt::format("{} {:.2f}", name, recsys::mean_weight(published.blend, name)));
  }
  std::string text = fmt::format(", blended with {}", fmt::join(parts, ", "));
  if (!published.blended) return text;
  return fmt::format("{}: validation NDCG@10 {:.4f}  HR@10 {:.4f}", text, published.blended->ndcg_at_10,
                     published.blended->hit_rate_at_10);
}

Json comparison_json(const recsys::Replacement& replacement) {
  if (!replacement.not_compared.empty()) return nullptr;
  return {{"with", *replacement.published}, {"metric", "ndcg@10"},
          {"cases", replacement.cases},     {"published", replacement.old_ndcg},
          {"new", replacement.new_ndcg},    {"standard_error", replacement.standard_error}};
}

Json result_of(const recsys::RunIdentity& identity, const recsys::TrainingRun& run, const Outcome& outcome) {
  const recsys::Publication& publication = outcome.publication;
  const recsys::Replacement& replacement = outcome.replacement;
  Json result = {{"model", recsys::attention_model},
                 {"id", outcome.id},
                 {"published", replacement.replaces},
                 {"comparison", comparison_json(replacement)},
                 {"not_compared", replacement.not_compared.empty() ? Json(nullptr) : Json(replacement.not_compared)},
                 {"epochs", run.epochs().size()},
                 {"best_epoch", run.best_epoch()},
                 {"seconds", publication.seconds},
                 {"neighbour_weight", recsys::mean_weight(publication.blend, "item_knn")},
                 {"blend", Json::parse(recsys::blend_json(publication.blend))},
                 {"holdout", format_holdout(identity.holdout)},
                 {"repeats", recsys::format_repeats(identity.repeats)},
                 {"liked", identity.liked ? Json(recsys::format_liking(*identity.liked)) : Json(nullptr)},
                 {"configuration", Json::parse(to_json(identity.config))},
                 {"validation", nullptr}};
  if (run.has_validation()) {
    const recsys::EpochResult& best = publication.blended ? *publication.blended : run.best_result();
    result["validation"] = {{"ndcg@10", best.ndcg_at_10}, {"hr@10", best.hit_rate_at_10}};
  }
  return result;
}

std::string trained_text(const recsys::TrainingRun& run) {
  if (run.best_epoch() > 0) return fmt::format("of epoch {} of {}", run.best_epoch(), run.epochs().size());
  return fmt::format("that it started from: none of {} epochs was better", run.epochs().size());
}

// Old and new model compared, or why not.
std::string comparison_text(const Outcome& outcome) {
  const recsys::Replacement& r = outcome.replacement;
  if (!r.not_compared.empty()) return fmt::format("not compared with another: {}", r.not_compared);
  std::string figures = fmt::format(
      "NDCG@10 on the same {} validation cases: new {:.4f}, published before (id {}) {:.4f}, difference "
      "{:+.4f} with standard error {:.4f}",
      r.cases, r.new_ndcg, *r.published, r.old_ndcg, r.new_ndcg - r.old_ndcg, r.standard_error);
  if (r.replaces) return figures;
  return fmt::format("{}; 'infodiet models publish {}' publishes the new one anyway", figures, outcome.id);
}

// The policy of repeats in this run.
std::string repeats_text(const recsys::TrainingRun& run, bool decided) {
  const std::string why = decided ? ""
                                  : fmt::format(", as {} of the validation targets are repeats",
                                                run.repeats() == recsys::Repeats::allow ? "5 % or more" : "under 5 %");
  if (run.forbidden() == 0) return fmt::format("repeats: {}{}", recsys::format_repeats(run.repeats()), why);
  return fmt::format("repeats: {}{}; {} validation targets that are repeats are left out",
                     recsys::format_repeats(run.repeats()), why, run.forbidden());
}

// The use of ratings in this run, or nothing if none is low.
std::string low_text(const recsys::Dataset& data, const recsys::TrainingRun& run) {
  const auto low = static_cast<std::size_t>(std::count(data.low.begin(), data.low.end(), 1));
  if (low == 0) return {};
  std::string text = fmt::format("ratings: {} of {} interactions are rated low", low, data.items.size());
  if (run.low() == 0) return text;
  return fmt::format("{}; {} validation targets among them are left out", text, run.low());
}

// Validation by epoch, or nothing if there is nothing to show.
std::string course_text(const recsys::TrainingRun& run) {
  constexpr std::size_t longest_course = 40;
  if (!run.has_validation() || run.epochs().size() < 2) return {};
  std::vector<double> course;
  for (const recsys::EpochResult& epoch : run.epochs()) course.push_back(epoch.ndcg_at_10);
  return fmt::format("validation NDCG@10 by epoch  {}  {:.4f} to {:.4f}", spark_line(course, longest_course),
                     course.front(), *std::max_element(course.begin(), course.end()));
}

void print_outcome(const Console& console, const recsys::TrainingRun& run, const Outcome& outcome) {
  const char* const done = outcome.replacement.replaces ? "published" : "not published because it is worse, but kept:";
  console.print_prose(fmt::format("{} the attention model {} (id {}), trained in {:.0f} s{}", done, trained_text(run),
                                  outcome.id, outcome.publication.seconds, blend_text(outcome.publication)));
  console.print_prose(comparison_text(outcome));
  if (const std::string course = course_text(run); !course.empty()) console.print(course);
}

// The published model, if a run with that holdout may continue from it.
const recsys::PublishedAttention& require_published(const recsys::Database& db,
                                                    const std::optional<recsys::PublishedAttention>& published,
                                                    const recsys::Holdout& holdout) {
  if (!published) {
    throw recsys::DataError(
        fmt::format("{}: no attention model is published to start from: train without --from-published", db.path()));
  }
  if (published->holdout != holdout) {
    throw UsageError(fmt::format(
        "--from-published: the published model was trained with --holdout {}, so it has seen what --holdout {} holds "
        "out: give --holdout {}, or train from scratch",
        format_holdout(published->holdout), format_holdout(holdout), format_holdout(published->holdout)));
  }
  return *published;
}

// Settings for completion.
std::vector<std::string> offered_settings() {
  std::vector<std::string> names;
  for (const recsys::SettingInfo& known : recsys::known_training_settings()) {
    names.push_back(fmt::format("{}=", known.name));
  }
  return names;
}

}  // namespace

void TrainCommand::setup(CommandSpec& spec) {
  spec.description =
      "Trains the attention model on everybody's history and publishes it, so that it recommends from then on. A "
      "model that is worse than the published one on the same cases, by more than two standard errors, is only kept "
      "(see 'infodiet models'). The last item of each history is held out for 'evaluate', the one before it decides "
      "when to stop. Ctrl-C publishes the best epoch so far; --resume continues an interrupted training. The other "
      "models (popularity, Markov, ...) need no training.";
  spec.example = "infodiet train --db world.db";
  spec.options.choice({.name = "model", .value = "NAME", .help = "what to train"}, model_,
                      {std::string(recsys::attention_model)});
  spec.options.text({.name = "holdout",
                     .value = "HOW",
                     .help = "what to hold out: last, temporal:0.9 (a time cut), temporal:0.9:first (or :last, :all, "
                             ":successive: the validation targets after an earlier cut) or none",
                     .known = {"last", "temporal:0.9", "temporal:0.9:successive", "none"}},
                    holdout_);
  spec.options.choice({.name = "repeats",
                       .value = "WHETHER",
                       .help = "whether lists and validation targets may be items consumed before (if not given: allow "
                               "if at least 5 % of the validation targets are such)"},
                      repeats_, {"forbid", "allow"});
  liked_.add_to(spec.options, "middle in training, and all validation targets count");
  spec.options.integer(
      {.name = "epochs", .value = "N", .help = "largest number of epochs (early stopping may end sooner)"}, epochs_,
      {.minimum = 1, .maximum = 1000000});
  spec.options.number({.name = "max-minutes", .value = "M", .help = "stop after this time, keeping the best epoch"},
                      max_minutes_, {.minimum = 0});
  spec.options.flag({.name = "from-published",
                     .help = "continue from the published model for a few epochs, after new data was imported"},
                    from_published_);
  spec.options.flag({.name = "resume", .help = "continue the interrupted training"}, resume_);
  spec.options.text({.name = "set",
                     .value = "NAME=VALUE,...",
                     .help = "change settings of model and training",
                     .known = offered_settings()},
                    settings_);
}

recsys::Holdout TrainCommand::holdout() const {
  try {
    return recsys::parse_holdout(holdout_);
  } catch (const recsys::DataError& error) {
    throw UsageError(fmt::format("--holdout: {}", error.what()));
  }
}

recsys::TrainingSpec TrainCommand::settings(const recsys::Dataset& data,
                                            const std::optional<recsys::PublishedAttention>& published,
                                            std::uint64_t seed) const {
  const recsys::AttentionDefaults defaults = recsys::attention_defaults(data);
  recsys::TrainingSpec settings{.config = defaults.config, .training = defaults.training};
  if (from_published_) {
    settings.config = published->config;
    // Little is new, so a few epochs suffice.
    settings.training.max_epochs = continued_epochs;
    settings.training.patience = continued_patience;
  }
  settings.training.seed = seed;
  if (settings_) recsys::apply_settings(split_list(*settings_), settings);
  if (from_published_ && to_json(settings.config) != to_json(published->config)) {
    throw UsageError(
        "--set: with --from-published the settings of the model are those of the published one; change only settings "
        "of training (batch, learning_rate, ...), or train from scratch");
  }
  if (epochs_) settings.training.max_epochs = *epochs_;
  if (holdout().kind == recsys::HoldoutKind::none && !epochs_) {
    if (!published) {
      throw UsageError(
          "--holdout none leaves nothing to decide when to stop: first train with something held out, whose best "
          "number of epochs is then used, or give --epochs");
    }
    settings.training.max_epochs = std::max<std::size_t>(published->best_epoch, 1);
  }
  return settings;
}

void TrainCommand::note_start(const Console& console, const recsys::Dataset& data, const recsys::TrainingRun& run,
                              const recsys::TrainingSpec& settings) const {
  console.note(fmt::format("{} users, {} items, {} positions per epoch; {}", data.users(), data.catalogue_size(),
                           run.positions_per_epoch(), describe(settings)));
  if (settings_) {
    for (const std::string& now : recsys::former_names(recsys::known_training_settings(), split_list(*settings_))) {
      console.note(fmt::format("--set: {}", now));
    }
  }
  if (const std::string low = low_text(data, run); !low.empty()) console.note(low);
}

ExitCode TrainCommand::run(const Context& context) {
  const Console& console = context.console;
  const recsys::Holdout holdout = this->holdout();
  recsys::Database db(context.shared.database, recsys::OpenMode::read_write);
  std::optional<recsys::Snapshot> snapshot(db);
  // Only if needed: training from scratch must work even if the published model cannot be read.
  const bool goes_by_published = from_published_ || holdout.kind == recsys::HoldoutKind::none;
  const std::optional<recsys::PublishedAttention> published =
      goes_by_published ? recsys::published_attention(db) : std::nullopt;
  std::optional<recsys::Liking> liked = liked_.liking();
  if (!liked && published) liked = published->liked;
  const recsys::Dataset data = recsys::load_dataset(db, liked.value_or(recsys::Liking{}));
  require_interactions(data, context.shared.database);
  if (from_published_) require_published(db, published, holdout);
  const recsys::TrainingSpec settings = this->settings(data, published, context.shared.seed);

  engine::ThreadPool pool(context.shared.threads);
  std::optional<recsys::Repeats> repeats = recsys::parse_repeats(repeats_);
  if (!repeats && published) repeats = published->repeats;
  recsys::TrainingRun run(pool, data, holdout, settings.config, settings.training,
                          {.repeats = repeats, .liked_only = liked.has_value(), .processes = context.processes});
  recsys::RunIdentity identity{.config = settings.config,
                               .training = settings.training,
                               .holdout = holdout,
                               .data_fingerprint = recsys::data_fingerprint(data),
                               .from_model = from_published_ ? std::optional(published->id) : std::nullopt,
                               .forgets = data.forgets,
                               .forgotten_users = from_published_ ? published->forgotten_users : 0,
                               .interactions = data.items.size(),
                               .extent = recsys::data_extent(db),
                               .start_epochs = from_published_ ? published->best_epoch : 0,
                               .repeats = run.repeats(),
                               .liked = liked};
  const recsys::SparseRows attributes = recsys::load_item_attributes(db);
  if (settings.training.attributes == recsys::Attributes::all) run.learn_attributes(attributes);
  if (from_published_) run.start_from(recsys::load_attention_model(db, data)->attention().weights());
  snapshot.reset();
  note_start(console, data, run, settings);
  console.note(repeats_text(run, repeats.has_value()));
  Session session(db, identity, run, console);
  session.make_parts(attributes);
  if (resume_) session.resume();
  const Ending ending = session.train(max_minutes_);
  require_an_epoch(run, ending);
  const Outcome& outcome = session.publish(data, ending, published ? published->blend : recsys::BlendRecord{});
  if (console.json()) {
    console.print_json(result_of(identity, run, outcome));
  } else {
    print_outcome(console, run, outcome);
  }
  if (ending == Ending::interrupted) {
    throw Interrupted(fmt::format("interrupted: {}; 'infodiet train --resume' continues",
                                  outcome.replacement.replaces ? "the best epoch so far is published"
                                                               : "the model published before is better and stays"));
  }
  return ExitCode::done;
}

void TrainCommand::require_an_epoch(const recsys::TrainingRun& run, Ending ending) const {
  if (!run.epochs().empty() && run.has_best()) return;
  constexpr auto advice = "not one epoch was completed, so nothing was published";
  if (ending == Ending::interrupted) throw Interrupted(fmt::format("interrupted: {}", advice));
  throw Error(fmt::format("--max-minutes {} is too short: {}; allow more time", *max_minutes_, advice));
}

std::unique_ptr<Command> make_train() {
  return std::make_unique<TrainCommand>();
}

}  // namespace infodiet::tools
