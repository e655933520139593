#include "tools/commands/train_search.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "engine/io/json_text.hpp"
#include "recsys/attention/search.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/model_names.hpp"
#include "recsys/store/model_store.hpp"

namespace infodiet::tools {

namespace {

std::string checkpoints() {
  return fmt::format("{}/search", recsys::attention_model);
}

std::string checkpoint_of(std::size_t trial) {
  return fmt::format("{}/{}", checkpoints(), trial);
}

recsys::Search new_search(const TrainingTask& task, std::span<const std::vector<std::string>> draws) {
  const recsys::RunIdentity& identity = task.identity;
  recsys::Search search{
      .configuration = engine::json_text(Json{{"epochs", identity.training.max_epochs},
                                              {"model", engine::parse_json<Json>(to_json(identity.config))},
                                              {"training", engine::parse_json<Json>(to_json(identity.training))}}),
      .seed = identity.training.seed,
      .data_fingerprint = identity.data_fingerprint,
      .holdout = format_holdout(identity.holdout)};
  for (const std::vector<std::string>& draw : draws) {
    search.trials.push_back({.settings = fmt::format("{}", fmt::join(draw, ","))});
  }
  return search;
}

bool is_same(const recsys::Search& a, const recsys::Search& b) {
  return a.configuration == b.configuration && a.seed == b.seed && a.data_fingerprint == b.data_fingerprint &&
         a.holdout == b.holdout &&
         std::equal(a.trials.begin(), a.trials.end(), b.trials.begin(), b.trials.end(),
                    [](const auto& one, const auto& other) { return one.settings == other.settings; });
}

// The stored search that `wanted` continues, or nothing.
std::optional<recsys::Search> interrupted_search(const recsys::Database& db, const recsys::Search& wanted) {
  const std::vector<recsys::Search> stored = recsys::list_searches(db);
  const auto same =
      std::find_if(stored.rbegin(), stored.rend(), [&](const auto& search) { return is_same(search, wanted); });
  if (same != stored.rend()) return *same;
  for (const recsys::ModelRecord& model : recsys::list_models(db)) {
    if (!model.name.starts_with(checkpoints() + "/")) continue;
    throw recsys::DataError(
        fmt::format("{}: the interrupted search had other data, settings, seed or number of trials: repeat the command "
                    "that started it, or search without --resume to start over",
                    db.path()));
  }
  return std::nullopt;
}

// The trials of one search, rung by rung.
class Halving {
 public:
  Halving(recsys::Database& db, engine::ThreadPool& pool, const TrainingTask& task, const Console& console)
      : db_(db), pool_(pool), task_(task), console_(console) {}

  Found run(recsys::Search search, std::span<const std::vector<std::string>> draws) {
    found_.search = std::move(search);
    draws_ = draws;
    for (std::size_t trial = 0; trial < draws.size(); ++trial) left_.push_back(trial);
    const std::vector<std::size_t> rungs = recsys::epochs_of_rungs(draws.size(), task_.identity.training.max_epochs);
    for (std::size_t rung = 0; rung < rungs.size() && found_.ending == Ending::finished; ++rung) {
      console_.note(fmt::format("search: {} trials, each up to {} epochs", left_.size(), rungs[rung]));
      found_.ending = train_all(rungs[rung]);
      if (found_.ending == Ending::finished) keep(rung + 1 < rungs.size() ? recsys::surviving(left_.size()) : 1);
    }
    name_best();
    return std::move(found_);
  }

 private:
  recsys::TrainingSpec settings_of(std::size_t trial) const {
    recsys::TrainingSpec settings{.config = task_.identity.config, .training = task_.identity.training};
    recsys::apply_settings(draws_[trial], settings);
    return settings;
  }

  Ending train_all(std::size_t epochs) {
    for (const std::size_t trial : left_) {
      const recsys::SearchTrial& known = found_.search.trials[trial];
      if (known.finished || known.ndcg.size() >= epochs) continue;
      if (const Ending ending = train(trial, epochs); ending != Ending::finished) return ending;
    }
    return Ending::finished;
  }

  Ending train(std::size_t trial, std::size_t epochs) {
    const recsys::TrainingSpec settings = settings_of(trial);
    TrainingTask task = task_;
    task.identity.config = settings.config;
    task.identity.training = settings.training;
    task.identity.checkpoint = checkpoint_of(trial);
    task.epochs = {epochs};
    task.publishes = false;
    task.resumes = recsys::find_model(db_, task.identity.checkpoint, recsys::ModelState::training).has_value();
    recsys::SearchTrial& result = found_.search.trials[trial];
    console_.note(fmt::format("trial {} of {}: {}", trial + 1, draws_.size(),
                              result.settings.empty() ? "the settings as they are" : result.settings));
    Session session(db_, pool_, std::move(task), console_);
    const Ending ending = session.train();
    result.ndcg.clear();
    for (const recsys::EpochResult& epoch : session.run().epochs()) result.ndcg.push_back(epoch.ndcg_at_10);
    result.seconds = session.seconds();
    result.finished =
        ending == Ending::finished && (result.ndcg.size() < epochs || epochs == settings.training.max_epochs);
    recsys::update_trial(db_, found_.search.id, trial, result);
    return ending;
  }

  // Of those left the best, and their checkpoints.
  void keep(std::size_t count) {
    std::vector<double> figures;
    for (const std::size_t trial : left_) figures.push_back(recsys::best_figure(found_.search.trials[trial].ndcg));
    std::vector<std::size_t> kept;
    for (const std::size_t number : recsys::best_of(figures, count)) kept.push_back(left_[number]);
    for (const std::size_t trial : left_) {
      if (std::find(kept.begin(), kept.end(), trial) == kept.end()) {
        recsys::delete_checkpoint(db_, checkpoint_of(trial));
      }
    }
    left_ = std::move(kept);
  }

  void name_best() {
    for (const std::size_t trial : left_) {
      const std::vector<double>& ndcg = found_.search.trials[trial].ndcg;
      if (ndcg.empty()) continue;
      const auto figure_of = [&](std::size_t one) { return recsys::best_figure(found_.search.trials[one].ndcg); };
      if (!found_.best || figure_of(trial) > figure_of(*found_.best)) found_.best = trial;
    }
    if (!found_.best) return;
    found_.settings = settings_of(*found_.best);
    found_.checkpoint = checkpoint_of(*found_.best);
  }

  recsys::Database& db_;
  engine::ThreadPool& pool_;
  const TrainingTask& task_;
  const Console& console_;
  std::span<const std::vector<std::string>> draws_;
  std::vector<std::size_t> left_;
  Found found_;
};

}  // namespace

Found search_settings(recsys::Database& db, engine::ThreadPool& pool, const TrainingTask& task, std::size_t trials,
                      std::span<const std::string> fixed, const Console& console) {
  const recsys::RunIdentity& identity = task.identity;
  const auto cases = recsys::validation_cases(task.data, identity.holdout);
  if (recsys::judged_cases(cases, identity.repeats).cases.empty()) {
    throw recsys::DataError(
        "--search compares by validation, and nobody has an item to validate on: import longer histories, or train "
        "without --search");
  }
  const std::vector<std::vector<std::string>> draws = recsys::draw_settings(trials, fixed, identity.training.seed);
  recsys::Search search = new_search(task, draws);
  std::optional<recsys::Search> before = task.resumes ? interrupted_search(db, search) : std::nullopt;
  if (before) {
    search = *std::move(before);
  } else {
    if (task.resumes) console.note("there is no interrupted search to resume: starting over");
    recsys::delete_checkpoint(db, recsys::attention_model);
    search = recsys::store_search(db, std::move(search));
  }
  return Halving(db, pool, task, console).run(std::move(search), draws);
}

}  // namespace infodiet::tools
