#include "rl/loop/loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "recsys/attention/trainer.hpp"
#include "recsys/errors.hpp"
#include "rl/agent/plackett_luce.hpp"
#include "rl/environments/catalogue_people.hpp"
#include "rl/policies/simple.hpp"
#include "rl/session.hpp"

namespace infodiet::rl {

namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

/// Random streams of the loop itself; its sessions use the plain seed.
engine::RandomStream draws(std::uint64_t seed, std::uint32_t what, std::size_t person) {
  constexpr std::uint64_t loop = 0x6c6f6f70;
  return {seed ^ loop, engine::Purpose::environment, what, static_cast<std::uint32_t>(person)};
}
constexpr std::uint32_t who_is_measured = 0;
constexpr std::uint32_t offers_of_week(std::size_t week) {
  return static_cast<std::uint32_t>(1 + 2 * week);
}
constexpr std::uint32_t returns_after_week(std::size_t week) {
  return static_cast<std::uint32_t>(2 + 2 * week);
}

/// People choose for themselves: slates drawn in proportion to exp(utility), which a feed cannot see.
class AlonePolicy final : public Policy {
 public:
  std::string name() const override { return "alone"; }
  void choose(const SessionBatch& batch, engine::MatrixSpan<Position> slates) const override {
    const auto& sessions = sessions_of<CatalogueEnvironment>(batch, name());
    std::vector<double> worths(batch.shape().candidates);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const CatalogueEnvironment::State& state = sessions.state(i);
      for (std::size_t p = 0; p < worths.size(); ++p) {
        worths[p] =
            sessions.environment().utility(state, sessions.environment().candidate(state, static_cast<Position>(p)));
      }
      engine::RandomStream stream = batch.policy_stream(i);
      sample_slate(worths, stream, std::span(slates.row(i), slates.cols));
    }
  }
};

/// What each person consumed in one week, and their state after it.
class WeekRecorder final : public Recorder {
 public:
  explicit WeekRecorder(std::vector<PersonWeek>& weeks) : weeks_(weeks) {}

  void digest(const SessionBatch& sessions, engine::MatrixSpan<const Outcome>) override {
    Observation seen;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      PersonWeek& week = weeks_[*sessions.person(i)];
      if (!week.came) continue;
      sessions.observe(i, seen);
      for (std::size_t t = 0; t < seen.step; ++t) {
        if (const Candidate* item = seen.chosen_at(t)) week.consumed.push_back(item->item);
        week.engagement += seen.events[t].engagement;
      }
      if (const std::vector<double> taste = sessions.taste(i); !taste.empty()) {
        week.taste.assign(taste.begin(), taste.end());
      }
    }
  }

 private:
  std::vector<PersonWeek>& weeks_;
};

/// Mean quality, unknown counting as 0; 0 without items.
double experience_of(std::span<const recsys::ItemIndex> items, const Catalogue& catalogue) {
  double sum = 0;
  for (const recsys::ItemIndex item : items) sum += catalogue[item].quality.value_or(0);
  return items.empty() ? 0 : sum / static_cast<double>(items.size());
}

/// `count` items that are not in `excluded`, drawn without replacement.
std::vector<recsys::ScoredItem> draw_offers(std::size_t items, std::span<const recsys::ItemIndex> excluded,
                                            std::size_t count, engine::RandomStream stream) {
  std::vector<bool> taken(items, false);
  for (const recsys::ItemIndex item : excluded) taken[item] = true;
  std::vector<recsys::ItemIndex> left;
  for (recsys::ItemIndex item = 0; item < items; ++item) {
    if (!taken[item]) left.push_back(item);
  }
  std::vector<recsys::ScoredItem> offers;
  for (std::size_t k = 0; k < count; ++k) {
    std::swap(left[k], left[k + stream.below(left.size() - k)]);
    offers.push_back({left[k], 0});
  }
  return offers;
}

}  // namespace

Loop::Loop(const DataWorld& world, const recsys::AttentionModel& model, std::vector<LoopArm> arms,
           const LoopOptions& options, engine::ThreadPool& pool)
    : world_(world),
      model_(model),
      arms_(std::move(arms)),
      options_(options),
      pool_(pool),
      popular_(popular_items(world.data)),
      states_(arms_.size()) {
  const std::size_t needed = CatalogueEnvironment::offers_needed(options.catalogue);
  if (world.catalogue.size() < needed) {
    throw recsys::DataError(
        fmt::format("catalogue: there are {} items, and a session needs {}: lower candidates or steps",
                    world.catalogue.size(), needed));
  }
  const std::size_t all = world.data.users();
  const std::size_t people = std::min(options.people, all);
  for (std::size_t i = 0; i < people; ++i) users_.push_back(i * all / people);
  std::vector<PersonWeek> before;
  for (const std::size_t user : users_) {
    engine::RandomStream stream = draws(options.seed, who_is_measured, user);
    measured_.push_back(stream.uniform() < 0.5);
    const recsys::History history = world.data.history(user);
    const auto last = history.items.last(std::min(history.size(), options.catalogue.steps));
    PersonWeek& week = before.emplace_back();
    week.consumed.assign(last.begin(), last.end());
    week.taste = interest_of(history.items, world.catalogue);
    week.satisfaction = experience_of(last, world.catalogue);
    for (const recsys::ItemIndex item : last) week.engagement += engagement_of(world.catalogue[item]);
  }
  before_ = measure(before);
  for (LoopState& state : states_) {
    for (const PersonWeek& week : before) state.people.push_back({.consumed = {}, .taste = week.taste});
  }
}

recsys::Dataset Loop::histories_of(const LoopState& state, std::size_t longest, bool learned_from_only) const {
  constexpr std::int64_t between = 12 * 3600;  // seconds between simulated interactions, if real ones have timess
  recsys::Dataset data;
  data.item_ids = world_.data.item_ids;
  const bool timed = !world_.data.times.empty();
  const std::int64_t end = timed ? *std::max_element(world_.data.times.begin(), world_.data.times.end()) : 0;
  for (std::size_t i = 0; i < users_.size(); ++i) {
    if (learned_from_only && measured_[i]) continue;
    const recsys::History real = world_.data.history(users_[i]);
    const std::vector<recsys::ItemIndex>& since = state.people[i].consumed;
    const std::size_t of_since = std::min(longest, since.size());
    const recsys::History kept = real.last(std::min(longest - of_since, real.size()));
    data.items.insert(data.items.end(), kept.items.begin(), kept.items.end());
    data.items.insert(data.items.end(), since.end() - static_cast<std::ptrdiff_t>(of_since), since.end());
    if (timed) {
      data.times.insert(data.times.end(), kept.times.begin(), kept.times.end());
      for (std::size_t k = since.size() - of_since; k < since.size(); ++k) {
        data.times.push_back(end + static_cast<std::int64_t>(k + 1) * between);
      }
    }
    data.offsets.push_back(data.items.size());
    data.user_ids.push_back(world_.data.user_ids[users_[i]]);
  }
  return data;
}

std::vector<std::vector<recsys::ScoredItem>> Loop::offers_of(const LoopArm& arm, const LoopState& state,
                                                             const recsys::Dataset& histories) const {
  constexpr std::size_t batch = 16;
  const std::size_t items = world_.catalogue.size();
  const std::size_t needed = CatalogueEnvironment::offers_needed(options_.catalogue);
  const auto excluded = [&](std::size_t person) {
    const std::span<const recsys::ItemIndex> had = histories.history(person).items;
    return had.last(std::min(had.size(), items - needed));
  };
  std::vector<std::vector<recsys::ScoredItem>> offers(users_.size());
  const bool trained_since = state.weights.items.size() > 0;
  std::optional<recsys::AttentionModel> own;
  if (trained_since) own.emplace(model_.config(), state.weights);
  const recsys::AttentionModel& model = own ? *own : model_;
  pool_.run((users_.size() + batch - 1) / batch, [&](std::size_t task, std::size_t) {
    const std::size_t begin = task * batch;
    const std::size_t end = std::min(begin + batch, users_.size());
    std::vector<recsys::History> read;
    std::vector<float> scores;
    for (std::size_t i = begin; i < end; ++i) read.push_back(histories.history(i));
    if (arm.kind == LoopArm::Kind::feed) {
      scores.resize(read.size() * items);
      model.score(read, {scores.data(), read.size(), items});
    }
    for (std::size_t i = begin; i < end; ++i) {
      offers[i] = arm.kind == LoopArm::Kind::feed
                      ? recsys::top_k(std::span(scores).subspan((i - begin) * items, items), excluded(i), needed)
                      : draw_offers(items, excluded(i), needed,
                                    draws(options_.seed, offers_of_week(state.weeks.size()), users_[i]));
    }
  });
  return offers;
}

std::vector<PersonWeek> Loop::live_week(const LoopArm& arm, const LoopState& state) {
  const recsys::Dataset histories = histories_of(state, unlimited, false);
  std::vector<std::vector<recsys::ScoredItem>> offers = offers_of(arm, state, histories);
  std::vector<Person> people;
  std::vector<PersonWeek> weeks;
  for (std::size_t i = 0; i < users_.size(); ++i) {
    people.push_back({.interest = interest_of(histories.history(i).items, world_.catalogue),
                      .offers = std::move(offers[i]),
                      .taste = state.people[i].taste});
    weeks.push_back({.consumed = {}, .taste = state.people[i].taste, .came = state.people[i].comes});
  }
  const CatalogueEnvironment environment =
      CatalogueEnvironment(world_.catalogue, std::move(people), options_.reward, options_.catalogue).in_turn();
  const SessionPlan plan{.seed = options_.seed,
                         .first = static_cast<std::uint32_t>(state.weeks.size() * users_.size()),
                         .count = users_.size()};
  WeekRecorder recorder(weeks);
  switch (arm.kind) {
    case LoopArm::Kind::feed:
      simulate(environment, *arm.policy, plan, pool_, &recorder);
      break;
    case LoopArm::Kind::random:
      simulate(environment, RandomPolicy(), plan, pool_, &recorder);
      break;
    case LoopArm::Kind::alone:
      simulate(environment, AlonePolicy(), plan, pool_, &recorder);
      break;
  }
  return weeks;
}

void Loop::come_back_or_not(LoopState& state, std::vector<PersonWeek>& weeks) const {
  const CatalogueOptions& options = options_.catalogue;
  for (std::size_t i = 0; i < weeks.size(); ++i) {
    LoopPerson& person = state.people[i];
    PersonWeek& week = weeks[i];
    person.consumed.insert(person.consumed.end(), week.consumed.begin(), week.consumed.end());
    person.taste = week.taste;
    person.satisfaction = (person.satisfaction + experience_of(week.consumed, world_.catalogue)) / 2;
    week.satisfaction = person.satisfaction;
    engine::RandomStream stream = draws(options_.seed, returns_after_week(state.weeks.size()), users_[i]);
    const double log_odds = options.loyalty + options.attachment * person.satisfaction;
    person.comes = stream.uniform() < 1 / (1 + std::exp(-log_odds));
  }
}

void Loop::retrain(LoopState& state) {
  const Retraining& how = *options_.retraining;
  const recsys::Dataset data = histories_of(state, how.length, true);
  recsys::TrainingConfig training = how.training;
  training.seed = options_.seed + state.weeks.size();
  training.max_epochs = how.epochs;
  recsys::AttentionTrainer trainer(pool_, data, model_.config(), training);
  trainer.start_from(state.weights.items.size() > 0 ? state.weights : model_.weights());
  for (std::size_t epoch = 0; epoch < how.epochs; ++epoch) {
    for (std::size_t step = 0; step < trainer.steps_per_epoch(); ++step) trainer.step(step);
    trainer.end_epoch();
  }
  state.weights = trainer.weights();
}

WeekFigures Loop::measure(std::span<const PersonWeek> weeks) const {
  std::vector<PersonWeek> of_measured;
  for (std::size_t i = 0; i < weeks.size(); ++i) {
    if (measured_[i]) of_measured.push_back(weeks[i]);
  }
  return measure_week(of_measured, world_.catalogue, popular_);
}

void Loop::run_week() {
  for (std::size_t a = 0; a < arms_.size(); ++a) {
    LoopState& state = states_[a];
    std::vector<PersonWeek> weeks = live_week(arms_[a], state);
    come_back_or_not(state, weeks);
    state.weeks.push_back(measure(weeks));
    if (options_.retraining && arms_[a].kind == LoopArm::Kind::feed) retrain(state);
  }
}

void Loop::restore(std::size_t arm, LoopState state) {
  const auto fits = [&](const LoopPerson& person) {
    return person.taste.size() == world_.catalogue.topics() &&
           std::all_of(person.consumed.begin(), person.consumed.end(),
                       [&](recsys::ItemIndex item) { return item < world_.catalogue.size(); });
  };
  if (state.people.size() != users_.size() || !std::all_of(state.people.begin(), state.people.end(), fits)) {
    throw recsys::DataError(
        fmt::format("the interrupted loop had other people or items: simulate again without --resume"));
  }
  states_[arm] = std::move(state);
}

}  // namespace infodiet::rl
