// `infodiet train`: trains the attention model and publishes it.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "recsys/attention/defaults.hpp"
#include "recsys/attention/model_file.hpp"
#include "recsys/attention/training.hpp"
#include "recsys/attention/training_spec.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/item_attributes.hpp"
#include "recsys/store/item_vectors.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/cli/liked_option.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/train_outcome.hpp"
#include "tools/commands/train_search.hpp"
#include "tools/commands/train_session.hpp"

namespace infodiet::tools {

namespace {

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
  void check_options(const recsys::Holdout& holdout) const;
  std::size_t members(const std::optional<recsys::PublishedAttention>& published) const;
  Ending search_first(recsys::Database& db, engine::ThreadPool& pool, TrainingTask& task, TrainingOutcome& outcome,
                      const Console& console) const;
  Trained train_first(recsys::Database& db, engine::ThreadPool& pool, const TrainingTask& task,
                      const std::function<void(const recsys::TrainingRun&)>& announce, const Console& console) const;
  void require_validation(const recsys::TrainingRun& run) const;
  [[noreturn]] void throw_without_epoch(Ending ending) const;

  std::string model_{recsys::attention_model};
  std::string holdout_ = "last";
  std::string repeats_;
  LikedOption liked_;
  std::optional<std::string> settings_;
  std::optional<std::size_t> epochs_;
  std::optional<double> max_minutes_;
  std::optional<std::size_t> members_;
  bool refit_ = false;
  std::optional<std::size_t> search_;
  bool from_published_ = false;
  bool resume_ = false;
};

void require_interactions(const recsys::Dataset& data, const std::string& database) {
  if (!data.items.empty()) return;
  throw recsys::DataError(fmt::format(
      "{}: there are no interactions to train on; add some with 'infodiet import' or 'infodiet sample'", database));
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

// Trains the model that was published once more, with what it was validated on, and publishes it if that finishes;
// nothing if that is not to be.
std::optional<Trained> train_again(recsys::Database& db, engine::ThreadPool& pool, TrainingTask task,
                                   const Trained& validated, const Console& console) {
  if (validated.ending != Ending::finished) return std::nullopt;
  if (!validated.outcome.replacement.replaces) {
    console.note("it is not trained once more with the validation items, as it is not published");
    recsys::delete_checkpoint(db, recsys::attention_model);
    return std::nullopt;
  }
  console.note("once more, with the validation items");
  task.identity.holdout = refitted(task.identity.holdout);
  task.identity.checkpoint += "/refit";
  task.blend = recsys::read_blend_record(recsys::require_model(db, validated.outcome.id));
  task.keeps_checkpoints = false;
  for (const recsys::Course& course : validated.courses) task.epochs.push_back(course.best_epoch);
  Session session(db, pool, std::move(task), console);
  Trained trained{.ending = session.train()};
  if (trained.ending == Ending::finished) {
    trained.courses = session.courses();
    trained.outcome = session.publish(trained.ending);
  } else if (trained.ending == Ending::out_of_time) {
    console.note("no time was left to train it once more: the same command with --resume continues");
  }
  return trained;
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

void require_uninterrupted(const TrainingOutcome& outcome) {
  const bool refit_interrupted = outcome.refit && outcome.refit->ending == Ending::interrupted;
  if (outcome.trained.ending == Ending::interrupted || refit_interrupted) {
    throw Interrupted(fmt::format("interrupted: {}; the same command with --resume continues",
                                  outcome.trained.outcome.replacement.replaces
                                      ? "the best epoch so far is published"
                                      : "the model published before is better and stays"));
  }
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
  spec.options.integer({.name = "members",
                        .value = "N",
                        .help = "train N models with seeds in a row and publish the average of their distributions"},
                       members_, {.minimum = 1, .maximum = recsys::most_members});
  spec.options.flag(
      {.name = "refit",
       .help = "when it has validated, train once more for as many epochs, with the validation items too"},
      refit_);
  spec.options.integer({.name = "search",
                        .value = "N",
                        .help = "first try N draws of settings, those of --set apart, by successive halving"},
                       search_, {.minimum = 2, .maximum = 1000});
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

void TrainCommand::check_options(const recsys::Holdout& holdout) const {
  if (refit_ && from_published_) {
    throw UsageError("--refit trains from scratch: give it without --from-published");
  }
  if (search_ && (from_published_ || !holdout.validates())) {
    throw UsageError(
        "--search trains from scratch and compares by validation: give it without --from-published, and with --holdout "
        "last or a time cut");
  }
  if (refit_ && !holdout.validates()) {
    throw UsageError("--refit needs validation first: give --holdout last or a time cut with it");
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
  if (!holdout().validates() && !epochs_) {
    if (!published) {
      throw UsageError(fmt::format(
          "--holdout {} leaves nothing to decide when to stop: first train with something held out, whose best "
          "number of epochs is then used, or give --epochs",
          format_holdout(holdout())));
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
  check_options(holdout);
  recsys::Database db(context.shared.database, recsys::OpenMode::read_write);
  std::optional<recsys::Snapshot> snapshot(db);
  // Only if needed: training from scratch must work even if the published model cannot be read.
  const bool goes_by_published = from_published_ || !holdout.validates();
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
  const recsys::Repeats policy = repeats ? *repeats : recsys::usual_repeats(data, holdout);
  const recsys::ItemFeatures features{.attributes = recsys::load_item_attributes(db),
                                      .vectors = recsys::load_item_vectors(db)};
  TrainingTask task{.data = data,
                    .features = features,
                    .identity = {.config = settings.config,
                                 .training = settings.training,
                                 .holdout = holdout,
                                 .data_fingerprint = recsys::data_fingerprint(data),
                                 .from_model = from_published_ ? std::optional(published->id) : std::nullopt,
                                 .forgets = data.forgets,
                                 .forgotten_users = from_published_ ? published->forgotten_users : 0,
                                 .interactions = data.items.size(),
                                 .extent = recsys::data_extent(db),
                                 .start_epochs = from_published_ ? published->best_epoch : 0,
                                 .repeats = policy,
                                 .liked = liked,
                                 .members = members(published)},
                    .options = {.repeats = policy, .liked_only = liked.has_value(), .processes = context.processes},
                    .start = from_published_ ? recsys::load_attention_model(db, data) : nullptr,
                    .blend = published ? published->blend : recsys::BlendRecord{},
                    .resumes = resume_,
                    .keeps_checkpoints = refit_,
                    .minutes = max_minutes_};
  snapshot.reset();
  const auto announce = [&](const recsys::TrainingRun& run) {
    require_validation(run);
    note_start(console, data, run, {.config = task.identity.config, .training = task.identity.training});
    console.note(repeats_text(run, repeats.has_value()));
  };
  TrainingOutcome outcome;
  const Ending searched = search_ ? search_first(db, pool, task, outcome, console) : Ending::finished;
  outcome.trained = train_first(db, pool, task, announce, console);
  if (searched != Ending::finished) outcome.trained.ending = searched;
  if (refit_) outcome.refit = train_again(db, pool, task, outcome.trained, console);
  print_outcome(console, task.identity, outcome);
  require_uninterrupted(outcome);
  return ExitCode::done;
}

Ending TrainCommand::search_first(recsys::Database& db, engine::ThreadPool& pool, TrainingTask& task,
                                  TrainingOutcome& outcome, const Console& console) const {
  const std::vector<std::string> fixed = settings_ ? split_list(*settings_) : std::vector<std::string>();
  Found found = search_settings(db, pool, task, *search_, fixed, console);
  outcome.search = std::move(found.search);
  if (!found.best) throw_without_epoch(found.ending);
  console.note(fmt::format("the best is trial {}: {}", *found.best + 1, describe(found.settings)));
  task.identity.config = found.settings.config;
  task.identity.training = found.settings.training;
  task.identity.checkpoint = found.checkpoint;
  task.resumes = true;
  if (found.ending != Ending::finished) {
    task.minutes = 0;
    task.keeps_checkpoints = true;
  }
  return found.ending;
}

Trained TrainCommand::train_first(recsys::Database& db, engine::ThreadPool& pool, const TrainingTask& task,
                                  const std::function<void(const recsys::TrainingRun&)>& announce,
                                  const Console& console) const {
  Session session(db, pool, task, console);
  announce(session.run());
  Trained trained{.ending = session.train()};
  if (!session.has_model()) throw_without_epoch(trained.ending);
  trained.courses = session.courses();
  trained.outcome = session.publish(trained.ending);
  return trained;
}

void TrainCommand::require_validation(const recsys::TrainingRun& run) const {
  if (!refit_ || run.has_validation()) return;
  throw recsys::DataError(
      "--refit takes epochs and weights from validation, and nobody has an item to validate on: import longer "
      "histories, or train without --refit");
}

void TrainCommand::throw_without_epoch(Ending ending) const {
  constexpr auto advice = "not one epoch was completed, so nothing was published";
  if (ending == Ending::interrupted) throw Interrupted(fmt::format("interrupted: {}", advice));
  throw Error(fmt::format("--max-minutes {} is too short: {}; allow more time", *max_minutes_, advice));
}

std::size_t TrainCommand::members(const std::optional<recsys::PublishedAttention>& published) const {
  if (!from_published_) return members_.value_or(1);
  if (members_ && *members_ != published->members) {
    throw UsageError(fmt::format(
        "--members {}: the published model has {}, and --from-published continues each: leave --members out, or train "
        "from scratch",
        *members_, published->members));
  }
  return published->members;
}

std::unique_ptr<Command> make_train() {
  return std::make_unique<TrainCommand>();
}

}  // namespace infodiet::tools
