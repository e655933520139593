#include "rl/policies/slateq/slateq.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "rl/policies/slateq/choice_model.hpp"
#include "rl/policies/slateq/linear_system.hpp"
#include "rl/policies/slateq/session_features.hpp"

namespace infodiet::rl {

namespace {

constexpr std::uint32_t training_sessions_begin = 1U << 31;

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Weights of Q at one step.
struct StepWeights {
  std::vector<double> item;
  std::vector<double> nothing;
};

/// What is learned: the choice model, and the value of each choice at each step.
struct Model {
  SessionFeatures features;
  ChoiceModel choice;
  std::vector<StepWeights> steps;  ///< fitted from the last step on; the others are empty

  Model(const Shape& shape)
      : features(shape.topics), choice(features.candidate_size(), features.session_size()), steps(shape.steps) {}
};

struct ValuedSlate {
  std::vector<Position> slate;
  double value = 0;
};

/// The slate A with the highest (v_0 q_0 + sum over A of v_i q_i) / (v_0 + sum over A of v_i).
ValuedSlate best_slate(const Model& model, std::size_t step, const SessionSummary& session,
                       std::span<const Candidate> candidates, std::size_t slate_size) {
  const StepWeights& weights = model.steps[step];
  std::vector<double> row(model.features.candidate_size());
  std::vector<double> attraction;
  std::vector<double> worth;
  for (const Candidate& candidate : candidates) {
    model.features.of_candidate(session, candidate, row);
    attraction.push_back(model.choice.weight_of_item(row));
    worth.push_back(dot(row, weights.item));
  }
  std::vector<double> session_row(model.features.session_size());
  model.features.of_session(session, session_row);
  const double nothing = model.choice.weight_of_nothing(session_row);
  const double worth_of_nothing = dot(session_row, weights.nothing);

  // Dinkelbach: the best slate at the current value raises it until it converges.
  ValuedSlate best{std::vector<Position>(slate_size), worth_of_nothing};
  std::vector<double> gain(candidates.size());
  for (bool first = true;; first = false) {
    for (std::size_t i = 0; i < candidates.size(); ++i) gain[i] = attraction[i] * (worth[i] - best.value);
    std::vector<Position> slate(slate_size);
    highest(gain, slate);
    double total = nothing;
    double sum = nothing * worth_of_nothing;
    for (const Position i : slate) {
      total += attraction[i];
      sum += attraction[i] * worth[i];
    }
    const double value = sum / total;
    if (!first && value <= best.value) return best;
    best = {std::move(slate), value};
  }
}

class SlateQPolicy final : public ObservingPolicy {
 public:
  SlateQPolicy(Model model, double exploration) : model_(std::move(model)), exploration_(exploration) {}

  std::string name() const override { return "slateq"; }

  void choose_one(const Observation& observation, engine::RandomStream& stream,
                  std::span<Position> slate) const override {
    const ValuedSlate best =
        best_slate(model_, observation.step, summarise(observation), observation.candidates, slate.size());
    std::copy(best.slate.begin(), best.slate.end(), slate.begin());
    for (Position& shown : slate) {
      if (exploration_ == 0 || stream.uniform() >= exploration_) continue;
      const auto drawn = static_cast<Position>(stream.below(observation.candidates.size()));
      if (std::find(slate.begin(), slate.end(), drawn) == slate.end()) shown = drawn;
    }
  }

 private:
  Model model_;
  double exploration_;
};

/// One step of a session as SlateQ learns from it.
struct Experience {
  SessionSummary session;
  std::shared_ptr<const std::vector<Candidate>> candidates;  ///< shared by the steps that offer the same items
  std::vector<Position> shown;
  Position chosen;
  double reward;

  const Candidate& shown_at(std::size_t rank) const { return (*candidates)[shown[rank]]; }
};
/// (sessions, steps), a round of them after another.
using Experiences = std::vector<std::vector<Experience>>;

/// Largest number of sessions kept with all steps: a few hundred megabytes.
std::size_t most_kept(const Shape& shape) {
  constexpr std::size_t most_candidates = 3'000'000;
  return most_candidates / (shape.steps * shape.candidates);
}

/// Whether two steps offer the same items, ignoring scores, which are unused here.
bool same_items(std::span<const Candidate> a, std::span<const Candidate> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Candidate& one, const Candidate& other) {
    return one.item == other.item && one.item != Candidate::drawn_afresh;
  });
}

/// Runs `policy` on the sessions of `plan` and keeps every step.
void gather(const Environment& environment, const Policy& policy, const SessionPlan& plan, RewardKind reward,
            engine::ThreadPool& pool, Experiences& kept) {
  constexpr std::size_t block = 32;
  const Shape shape = environment.shape();
  const std::size_t first = kept.size();
  kept.resize(first + plan.count);
  pool.run((plan.count + block - 1) / block, [&](std::size_t task, std::size_t) {
    SessionPlan part = plan;
    part.first = plan.first + static_cast<std::uint32_t>(task * block);
    part.count = std::min(block, plan.count - task * block);
    const std::unique_ptr<SessionBatch> sessions = environment.open_sessions();
    sessions->reset(part);
    std::vector<Position> slates(part.count * shape.slate_size);
    std::vector<Outcome> outcomes(part.count);
    Observation seen;
    for (std::size_t t = 0; t < shape.steps; ++t) {
      policy.choose(*sessions, {slates.data(), part.count, shape.slate_size});
      for (std::size_t i = 0; i < part.count; ++i) {
        sessions->observe(i, seen);
        std::vector<Experience>& session = kept[first + task * block + i];
        Experience now{summarise(seen), nullptr, {}, Event::nothing, 0};
        now.candidates = !session.empty() && same_items(*session.back().candidates, seen.candidates)
                             ? session.back().candidates
                             : std::make_shared<const std::vector<Candidate>>(seen.candidates);
        const auto slate = std::span(slates).subspan(i * shape.slate_size, shape.slate_size);
        now.shown.assign(slate.begin(), slate.end());
        session.push_back(std::move(now));
      }
      sessions->step({slates.data(), part.count, shape.slate_size}, outcomes);
      for (std::size_t i = 0; i < part.count; ++i) {
        Experience& now = kept[first + task * block + i].back();
        now.chosen = outcomes[i].event.chosen;
        now.reward = reward == RewardKind::drawn ? outcomes[i].reward : outcomes[i].expected_reward;
      }
    }
  });
}

void fit_choice(Model& model, const Experiences& kept) {
  // Enough choices for tens of weights; for hundreds of weights, as many as take seconds.
  const std::size_t weights = model.features.candidate_size() + model.features.session_size();
  const std::size_t enough = std::clamp<std::size_t>(1'000'000'000 / (weights * weights), 2000, 20000);
  const std::size_t total = kept.size() * kept[0].size();
  const std::size_t stride = std::max<std::size_t>(1, total / enough);
  std::vector<ObservedChoice> choices;
  for (std::size_t n = 0; n < total; n += stride) {
    const Experience& now = kept[n / kept[0].size()][n % kept[0].size()];
    ObservedChoice choice;
    choice.chosen = now.chosen == Event::nothing ? ObservedChoice::nothing : now.chosen;
    choice.items.resize(now.shown.size() * model.features.candidate_size());
    for (std::size_t k = 0; k < now.shown.size(); ++k) {
      model.features.of_candidate(
          now.session, now.shown_at(k),
          std::span(choice.items).subspan(k * model.features.candidate_size(), model.features.candidate_size()));
    }
    choice.session.resize(model.features.session_size());
    model.features.of_session(now.session, choice.session);
    choices.push_back(std::move(choice));
  }
  model.choice.fit(choices);
}

/// Q_t from the last step to the first.
void fit_values(Model& model, const Experiences& kept, std::size_t slate_size, double ridge, engine::ThreadPool& pool) {
  constexpr std::size_t shards = 16;
  const std::size_t steps = model.steps.size();
  for (std::size_t t = steps; t-- > 0;) {
    std::vector<NormalEquations> item(shards, NormalEquations(model.features.candidate_size()));
    std::vector<NormalEquations> nothing(shards, NormalEquations(model.features.session_size()));
    pool.run(shards, [&](std::size_t shard, std::size_t) {
      std::vector<double> row(model.features.candidate_size());
      std::vector<double> session_row(model.features.session_size());
      const engine::Range part = engine::part_of(kept.size(), shards, shard);
      for (std::size_t i = part.begin; i < part.end; ++i) {
        const Experience& now = kept[i][t];
        double target = now.reward;
        if (t + 1 < steps) {
          const Experience& next = kept[i][t + 1];
          target += best_slate(model, t + 1, next.session, *next.candidates, slate_size).value;
        }
        if (now.chosen == Event::nothing) {
          model.features.of_session(now.session, session_row);
          nothing[shard].add(session_row, target);
        } else {
          model.features.of_candidate(now.session, now.shown_at(now.chosen), row);
          item[shard].add(row, target);
        }
      }
    });
    for (std::size_t shard = 1; shard < shards; ++shard) {
      item[0].add(item[shard]);
      nothing[0].add(nothing[shard]);
    }
    model.steps[t] = {item[0].solve(ridge), nothing[0].solve(ridge)};
  }
}

}  // namespace

std::shared_ptr<const Policy> learn_slateq(const Environment& environment, const Policy& first,
                                           engine::ThreadPool& pool, const SlateQOptions& options) {
  const Shape shape = environment.shape();
  Experiences kept;
  Model model(shape);
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const SessionPlan plan{.seed = options.seed,
                           .first = training_sessions_begin + static_cast<std::uint32_t>(round * options.sessions),
                           .count = options.sessions};
    if (round == 0) {
      gather(environment, first, plan, options.reward, pool, kept);
    } else {
      gather(environment, SlateQPolicy(model, options.exploration), plan, options.reward, pool, kept);
    }
    const std::size_t most = std::max(options.sessions, most_kept(shape));
    if (kept.size() > most) kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(most));
    fit_choice(model, kept);
    fit_values(model, kept, shape.slate_size, options.ridge, pool);
  }
  return std::make_shared<SlateQPolicy>(std::move(model), 0);
}

}  // namespace infodiet::rl
