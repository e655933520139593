#include "recsys/attention/training.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "engine/random.hpp"
#include "recsys/attention/blend_fit.hpp"
#include "recsys/attention/blended_model.hpp"
#include "recsys/attention/member_average.hpp"
#include "recsys/attention/shared_ranks.hpp"
#include "recsys/attention/training_memory.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "recsys/store/model_names.hpp"

namespace infodiet::recsys {

namespace {

// More users than this hardly make the validation figure more precise, but would take longer than the epoch itself.
constexpr std::size_t most_validation_users = 10000;

std::vector<EvaluationCase> choose_validation(const Dataset& data, const Holdout& holdout, std::uint64_t seed) {
  std::vector<EvaluationCase> cases = validation_cases(data, holdout);
  if (cases.size() > most_validation_users) {
    engine::RandomStream stream(seed, engine::Purpose::shuffle, 0, 1);
    engine::shuffle(std::span(cases), stream);
    cases.resize(most_validation_users);
  }
  return cases;
}

// Checks memory before anything is allocated.
const AttentionConfig& affordable(const AttentionConfig& config, const Dataset& data, const TrainingConfig& training,
                                  const TrainingJob& job) {
  require_training_memory(data, config, training, job);
  return config;
}

// Likelihood asks for calibrated shares, NDCG for the order of the first few: for that attention may deserve another.
constexpr std::array shares_of_attention = {2.0, 0.5, 0.25};

Blend with_attention_times(Blend blend, double factor) {
  for (std::vector<double>& weights : blend.weights) {
    weights.front() *= factor;
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (double& weight : weights) weight /= sum;
  }
  return blend;
}

EpochResult result_of(const RankedCases& ranked, double loss) {
  return {.loss = loss,
          .ndcg_at_10 = mean(metric_per_case(Metric::ndcg, ranked, 10)),
          .hit_rate_at_10 = mean(metric_per_case(Metric::hit_rate, ranked, 10))};
}

}  // namespace

TrainingRun::TrainingRun(engine::ThreadPool& pool, const Dataset& data, const Holdout& holdout,
                         const AttentionConfig& config, const TrainingConfig& training, const RunOptions& options)
    : pool_(pool),
      processes_(options.processes),
      config_(affordable(config, data, training, {.processes = options.processes.size(), .trained = options.trained})),
      training_(training),
      most_epochs_(options.epochs.value_or(training.max_epochs)),
      training_data_(training_part(data, holdout)),
      repeats_(options.repeats ? *options.repeats : usual_repeats(data, holdout)),
      validation_(options.liked_only ? liked_cases(data, choose_validation(data, holdout, training.seed), repeats_)
                                     : judged_cases(choose_validation(data, holdout, training.seed), repeats_)),
      trainer_(pool, training_data_, config, training, options.processes) {}

bool TrainingRun::finished() const {
  if (epochs_.size() >= most_epochs_) return true;
  return has_validation() && epochs_.size() >= best_epoch() + training_.patience;
}

std::size_t TrainingRun::best_epoch() const {
  if (!has_validation()) return epochs_.size();
  const auto worse = [](const EpochResult& a, const EpochResult& b) { return a.ndcg_at_10 < b.ndcg_at_10; };
  const auto best = std::max_element(epochs_.begin(), epochs_.end(), worse);
  if (epochs_.empty() || (start_ && !worse(*start_, *best))) return 0;
  return static_cast<std::size_t>(best - epochs_.begin()) + 1;
}

void TrainingRun::start_from(AttentionWeights weights) {
  trainer_.start_from(std::move(weights));
  if (!has_validation()) return;
  start_ = result_of(rank(ItemNumbers::model), 0);
  trainer_.keep_best();
}

void TrainingRun::learn_features(const ItemFeatures& features) {
  if (training_.attributes == Attributes::none) return;
  if (training_.attributes == Attributes::all) return learn_attributes(features.attributes, features.vectors);
  SparseRows no_attributes;
  no_attributes.offsets.resize(features.attributes.offsets.size(), 0);
  learn_attributes(no_attributes, features.vectors);
}

std::vector<double> TrainingRun::validate_each(const Recommender& model) const {
  return metric_per_case(Metric::ndcg, rank(model), 10);
}

std::vector<double> TrainingRun::validate_each(const Blend& blend) const {
  return metric_per_case(Metric::ndcg, rank(ItemNumbers::best, &blend), 10);
}

RankedCases TrainingRun::rank(const Recommender& model) const {
  return rank_cases_together(processes_, model, validation_.cases, 0, pool_, repeats_);
}

RankedCases TrainingRun::rank(ItemNumbers which, const Blend* blend) const {
  return trainer_.rank(which, validation_.cases, {.repeats = repeats_}, blend);
}

bool TrainingRun::run_epoch(const StepObserver& observer, const AttentionTrainer::Stop& stop) {
  double total = 0;
  for (std::size_t step = 0; step < steps_per_epoch(); ++step) {
    const std::optional<double> loss = trainer_.step(step, stop);
    if (!loss) return false;
    total += *loss;
    if (!observer(step + 1, total / static_cast<double>(step + 1))) return false;
  }
  trainer_.end_epoch();
  const double loss = total / static_cast<double>(steps_per_epoch());
  epochs_.push_back(has_validation() ? result_of(rank(ItemNumbers::model), loss) : EpochResult{.loss = loss});
  if (best_epoch() == epochs_.size()) trainer_.keep_best();
  return true;
}

Course TrainingRun::course() const {
  Course course{.epochs = epochs_, .best_epoch = best_epoch(), .start = start_};
  if (has_validation() && has_best()) course.validation = best_result();
  return course;
}

Member TrainingRun::member() const {
  return {.model = std::make_shared<const AttentionModel>(config_, best()), .seed = training_.seed, .course = course()};
}

std::vector<std::shared_ptr<const AttentionModel>> models_of(std::span<const Member> members) {
  std::vector<std::shared_ptr<const AttentionModel>> models;
  models.reserve(members.size());
  for (const Member& member : members) models.push_back(member.model);
  return models;
}

std::optional<TrainingRun::ChosenBlend> TrainingRun::choose_blend(
    const std::vector<std::shared_ptr<const AttentionModel>>& members,
    std::span<const std::shared_ptr<const Recommender>> parts) const {
  if (!has_validation() || (members.empty() && !has_best())) return std::nullopt;
  const auto validate = [&](const Blend& blend) {
    return result_of(members.empty() ? rank(ItemNumbers::best, &blend) : rank(BlendedModel(members, blend)), 0);
  };
  ChosenBlend best{.blend = {}, .validation = members.empty() ? best_result() : validate({}), .alone = {}};
  best.validation.loss = 0;
  best.alone.emplace_back(attention_model, best.validation.ndcg_at_10);
  const auto offer = [&](const Blend& blend) {
    const EpochResult result = validate(blend);
    if (result.ndcg_at_10 > best.validation.ndcg_at_10) {
      best.blend = blend;
      best.validation = result;
    }
    return result.ndcg_at_10;
  };
  if (parts.empty()) return best;
  const std::vector<double> shares = members.empty() ? trainer_.target_shares(ItemNumbers::best, validation_.cases)
                                                     : target_shares(*together(members), validation_.cases, pool_);
  Blend fitted;
  double best_fitted = 0;
  for (Blend& blend : fit_blends(shares, parts, validation_.cases, pool_)) {
    const double ndcg = offer(blend);
    if (!fitted.parts.empty() && ndcg <= best_fitted) continue;
    best_fitted = ndcg;
    fitted = std::move(blend);
  }
  if (!fitted.parts.empty()) {
    for (const double factor : shares_of_attention) offer(with_attention_times(fitted, factor));
  }
  for (const std::shared_ptr<const Recommender>& part : parts) {
    best.alone.emplace_back(part->name(), offer(blend_with(part, 1)));
  }
  return best;
}

void TrainingRun::restore(State state, const AttentionTrainer::ItemSource& items) {
  trainer_.restore(std::move(state.trainer), items);
  epochs_ = std::move(state.epochs);
  start_ = state.start;
}

}  // namespace infodiet::recsys
